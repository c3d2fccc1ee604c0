import { markdownTable } from '@event-platform/cli/lib/markdown-table';
import { formatCount, formatTable } from '@event-platform/cli/lib/table';
import { median } from '../../bench/report/statistics.ts';
import { wrongs, type RunRecord } from '../run/run-record.ts';

/** One line for one run, then a line for each problem. */
export function formatRun(record: RunRecord): string {
  const { name, accepted, unknown, stored, lost, doubled, altered } = record;
  const problems = wrongs(record);
  const counts = Object.entries({ accepted, unknown, stored, lost, doubled, altered });
  const cells = counts.map(([what, count]) => `${what} ${formatCount(count)}`);
  const end = problems.length === 0 ? 'ok' : 'FAILED';
  const back = `back ${inSeconds(record.backSeconds)}`;
  const head = [name.padEnd(30), ...cells, back, `drained ${inSeconds(record.drainSeconds)}`, end];
  const details = problems.map((problem) => `    ${problem.replaceAll('\n', '\n    ')}`);
  return [head.join('  '), `    ${record.faults}`, ...details].join('\n');
}

const header = [
  'Scenario',
  'Runs',
  'Accepted',
  'Unknown',
  'Stored',
  'Lost',
  'Doubled',
  'Altered',
  'Back, s',
  'longest',
  'Drained, s',
  'longest',
  'Failed',
];

/** One row for each scenario over all its runs, for a terminal. */
export function formatSummary(records: readonly RunRecord[]): string {
  return `${formatTable(header, rowsOf(records))}\n\n${formatTotal(records)}`;
}

/** The same as Markdown, with what is done in each scenario. */
export function formatMarkdown(records: readonly RunRecord[]): string {
  const faults = new Map(records.map((record) => [record.name, record.faults]));
  const rows = rowsOf(records).map(([name = '', ...rest]) => {
    const done = faults.get(String(name));
    return [done === undefined ? String(name) : `\`${name}\`: ${done}`, ...rest.map(inCount)];
  });
  const table = markdownTable(['What is done', ...header.slice(1)], rows, true);
  return `${formatTotal(records)}\n\n${table}`;
}

/** What the runs add up to; those that may lose by their configuration stand apart. */
function formatTotal(records: readonly RunRecord[]): string {
  const strict = records.filter(({ mayLose }) => !mayLose);
  const others = records.filter(({ mayLose }) => mayLose);
  const failed = records.filter((record) => wrongs(record).length > 0);
  const longest = (values: number[]) => inSeconds(Math.max(0, ...values));
  const backs = longest(records.flatMap(({ backSeconds }) => backSeconds ?? []));
  const drains = longest(records.map(({ drainSeconds }) => drainSeconds));
  const names = failed.length === 0 ? '' : ` (${failed.map(({ name }) => name).join(', ')})`;
  const lines = [
    `${formatCount(strict.length)} fault runs: ${tally(strict)}.`,
    ...(others.length > 0
      ? [
          `${formatCount(others.length)} runs of a kind that may lose what only Redis had: ${tally(others)}.`,
        ]
      : []),
    `Failed, for whatever reason: ${failed.length}${names}.`,
    `At the longest, throughput was back after ${backs} s where it came back within the limit, and the last event from before the end of the fault was stored after ${drains} s.`,
  ];
  return lines.join('\n');
}

function tally(records: readonly RunRecord[]): string {
  const sum = (field: 'accepted' | 'lost' | 'doubled' | 'altered') =>
    formatCount(records.reduce((total, record) => total + record[field], 0));
  return `${sum('accepted')} events accepted, ${sum('lost')} lost, ${sum('doubled')} doubled, ${sum('altered')} altered`;
}

function rowsOf(records: readonly RunRecord[]): (string | number)[][] {
  const byName = Map.groupBy(records, ({ name }) => name);
  return [...byName]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, runs]) => {
      const sum = (read: (run: RunRecord) => number) =>
        runs.reduce((total, run) => total + read(run), 0);
      const backs = runs.map(({ backSeconds }) => backSeconds ?? Infinity);
      const drains = runs.map(({ drainSeconds }) => drainSeconds);
      return [
        name,
        runs.length,
        sum(({ accepted }) => accepted),
        sum(({ unknown }) => unknown),
        sum(({ stored }) => stored),
        sum(({ lost }) => lost),
        sum(({ doubled }) => doubled),
        sum(({ altered }) => altered),
        inSeconds(median(backs)),
        inSeconds(Math.max(...backs)),
        inSeconds(median(drains)),
        inSeconds(Math.max(...drains)),
        sum((record) => (wrongs(record).length > 0 ? 1 : 0)),
      ];
    });
}

function inSeconds(value: number | null): string {
  return value === null || value === Infinity ? 'never' : value.toFixed(1);
}

function inCount(cell: string | number): string {
  return typeof cell === 'number' ? formatCount(cell) : cell;
}
