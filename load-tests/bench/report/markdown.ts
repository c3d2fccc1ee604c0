import { processGroups } from '../lab/cpu-meter.ts';
import type { Conditions } from './conditions.ts';
import type { BenchResults, Rate } from './results.ts';
import type { Spread } from './statistics.ts';
import { count, table } from './table.ts';

/** Writes the results as Markdown: rates, CPU, ratios, conditions. */
export function formatMarkdown({ conditions, rates, ratios }: BenchResults): string {
  // H is H100 under the name that the ratios' readers expect.
  const shown = Object.entries(rates).filter(([name]) => name !== 'H');
  const withCpu = shown.filter(([, rate]) => rate.cpuPer1000);
  const sections = [
    table(
      ['', 'What', 'Median /s', 'Range', 'Under load /s', 'Accepted /s', 'p50 / p99 ms *'],
      shown.map(([name, rate]) => rateRow(name, rate)),
    ),
    '\\* of a closed loop, which slows down with what it measures: for information only.',
  ];
  if (withCpu.length > 0) {
    sections.push(
      'CPU-seconds for 1,000 events (0.010 is 10 µs an event), what the cores could do at most by that, and the cores that everybody else on the machine used meanwhile:',
      table(
        ['', ...processGroups, 'total', 'ceiling /s', 'of it', 'others, cores'],
        withCpu.map(([name, rate]) => cpuRow(name, rate, conditions.cores)),
      ),
    );
  }
  if (Object.keys(ratios).length > 0) {
    sections.push(
      'Ratios of the same round:',
      table(['Ratio', 'Median', 'Range'], Object.entries(ratios).map(ratioRow)),
    );
  }
  return `${[...sections, formatConditions(conditions)].join('\n\n')}\n`;
}

/** The conditions as a list. */
export function formatConditions(conditions: Conditions): string {
  const lines = [
    `- ${conditions.at}; ${conditions.rounds} rounds of ${conditions.secondsPerRun} s each, interleaved; ${conditions.connections} connections, closed loop`,
    formatMachine(conditions),
    `- ${conditions.accounts} accounts, ${conditions.users} users, ${conditions.types} types, timestamps over ${conditions.timestampSpreadSeconds} s`,
    `- Table events: ${conditions.partitions} partitions; ${conditions.indexes.join('; ')}`,
  ];
  return lines.join('\n');
}

/** The part of the conditions that holds for every measurement: machine, versions, servers, events. */
export function formatMachine(conditions: Conditions): string {
  const { bytes, postgres, redis } = conditions;
  const pairs = (values: Record<string, string>) =>
    Object.entries(values)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ');
  const lines = [
    `${conditions.cores} cores (${conditions.processor}) for everything, ${conditions.memoryGiB} GiB, ${conditions.kernel}; load average before: ${conditions.loadAverageBefore}; data on ${conditions.dataFilesystem}`,
    `Node ${conditions.node}, Express ${conditions.express}, BullMQ ${conditions.bullmq}`,
    `PostgreSQL: ${pairs(postgres)}`,
    `Redis: ${pairs(redis)}`,
    `Event: ${bytes.post} bytes as posted, ${bytes.row} as a row, ${bytes.copyLine} as a COPY line, metadata ${bytes.metadata}`,
  ];
  return lines.map((line) => `- ${line}`).join('\n');
}

function rateRow(name: string, rate: Rate): string[] {
  const { latencyMs } = rate;
  return [
    name,
    rate.description,
    count(rate.median),
    `${count(rate.min)}–${count(rate.max)}`,
    rate.underLoad ? count(rate.underLoad.median) : '',
    rate.accepted ? count(rate.accepted.median) : '',
    latencyMs ? `${latencyMs.p50.toFixed(1)} / ${latencyMs.p99.toFixed(1)}` : '',
  ];
}

function cpuRow(name: string, rate: Rate, cores: number): string[] {
  const cpu = rate.cpuPer1000;
  if (!cpu) return [name];
  const ceiling = (cores * 1_000) / cpu.total;
  return [
    name,
    ...processGroups.map((group) => cpu[group].toFixed(4)),
    cpu.total.toFixed(4),
    count(ceiling),
    `${Math.round((rate.median / ceiling) * 100)} %`,
    (rate.othersCores?.median ?? 0).toFixed(2),
  ];
}

function ratioRow([name, { median, min, max }]: [string, Spread]): string[] {
  const [over = '', under = '', isUnderLoad] = name.split('_');
  return [
    isUnderLoad ? `${over} under load ÷ ${under}` : `${over} ÷ ${under}`,
    median.toFixed(2),
    `${min.toFixed(2)}–${max.toFixed(2)}`,
  ];
}
