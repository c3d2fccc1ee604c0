import { processGroups } from '../../lab/cpu-meter.ts';
import { formatMachine } from '../../report/markdown.ts';
import type { BenchResults, Rate } from '../../report/results.ts';
import { ratioOf } from '../../report/statistics.ts';
import { count, spread, table } from '../../report/table.ts';
import type { Axis } from './axes.ts';

/** The results as Markdown, a table for each axis. */
export function formatGrowth(
  { conditions, rates }: BenchResults,
  axes: readonly Axis[],
  command: string,
): string {
  const sections = axes.flatMap(({ name, description, points }) => {
    const first = rates[points[0]?.baseline.name ?? ''];
    return [
      `${name[0]?.toUpperCase()}${name.slice(1)}: ${description}.`,
      table(
        [name, 'rows/s', '÷ the first', 'CPU µs an event', '÷ the first', ...processGroups],
        points.flatMap(({ value, baseline }) => {
          const rate = rates[baseline.name];
          return rate && first ? [growthRow(value, rate, first)] : [];
        }),
      ),
    ];
  });
  const how = `- ${conditions.at}; ${conditions.rounds} rounds of ${conditions.secondsPerRun} s each, interleaved; ${conditions.connections} connections, closed loop`;
  return `${[`Made by \`${command}\`; the whole system, rows counted in PostgreSQL after the queue has drained; medians, ranges in parentheses, CPU of each process in µs an event.`, ...sections, `${how}\n${formatMachine(conditions)}`].join('\n\n')}\n`;
}

function growthRow(value: number, rate: Rate, first: Rate): string[] {
  const { cpuPer1000: cpu } = rate;
  const micros = (seconds: number | undefined) =>
    seconds === undefined ? '' : (seconds * 1_000).toFixed(1);
  return [
    count(value),
    count(rate.median),
    spread(ratioOf(rate.runs, first.runs), 2),
    micros(cpu?.total),
    cpu && first.cpuPer1000 ? (cpu.total / first.cpuPer1000.total).toFixed(2) : '',
    ...processGroups.map((group) => micros(cpu?.[group])),
  ];
}
