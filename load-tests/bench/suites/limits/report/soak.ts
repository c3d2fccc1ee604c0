import { formatMachine } from '../../../report/markdown.ts';
import type { Conditions } from '../../../report/conditions.ts';
import { fitLine } from '../../../report/regression.ts';
import { count, table } from '../../../report/table.ts';
import type { Soak, SoakSample } from '../experiments/soak.ts';
import { sustainedText } from './markdown.ts';
import { megabyte } from './results.ts';

/** A process needs this share of the run until its memory has found its size. */
const warmUpShare = 0.1;
const secondsPerHour = 3_600;

type Series = readonly [name: string, read: (sample: SoakSample) => number, unit: string];

const series: readonly Series[] = [
  ['api, resident', ({ apiBytes }) => apiBytes / megabyte, 'MB'],
  ['worker, resident', ({ workerBytes }) => workerBytes / megabyte, 'MB'],
  ['Redis, resident', ({ redisBytes }) => redisBytes / megabyte, 'MB'],
  ['Redis, used', ({ redisUsedBytes }) => redisUsedBytes / megabyte, 'MB'],
  ['PostgreSQL, private', ({ postgresBytes }) => postgresBytes / megabyte, 'MB'],
  ['events that wait', ({ waitingEvents }) => waitingEvents, ''],
];

/** The long run as Markdown: result, where each curve begins and ends, and how steep it is. */
export function formatSoak(soak: Soak, conditions: Conditions, command: string): string {
  const sections = [
    `Made by \`${command}\`: ${sustainedText(soak)}`,
    '![memory and backlog over the time of the run](../images/soak.svg)',
    `Slopes by linear regression over the samples after the first tenth, with twice their standard error; a slope within it is none.`,
    table(
      ['', 'first', 'last', 'most', 'slope an hour', 'result'],
      series.map((one) => soakRow(one, soak.samples)),
    ),
    `- ${conditions.at}\n${formatMachine(conditions)}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

/** The samples that count: without the first tenth. Pure. */
function afterWarmUp(samples: readonly SoakSample[]): readonly SoakSample[] {
  return samples.slice(Math.floor(samples.length * warmUpShare));
}

function soakRow([name, read, unit]: Series, all: readonly SoakSample[]): string[] {
  const samples = afterWarmUp(all);
  const values = samples.map(read);
  const line = fitLine(samples.map((one) => [one.seconds / secondsPerHour, read(one)] as const));
  const [slope, doubt] = [line.slope, 2 * line.standardError];
  const result = Math.abs(slope) <= doubt ? 'flat' : slope > 0 ? 'rises' : 'falls';
  const text = (value: number) => `${unit === '' ? count(value) : value.toFixed(1)} ${unit}`.trim();
  return [
    name,
    text(values[0] ?? 0),
    text(values.at(-1) ?? 0),
    text(Math.max(0, ...values)),
    `${text(slope)} ± ${text(doubt)}`,
    result,
  ];
}
