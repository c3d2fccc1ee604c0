import { markdownTable } from '@event-platform/cli/lib/markdown-table';
import type { Tally } from '../harness/tallies.ts';

/** On two cores, with binaries and images that are there. */
const longestRunMinutes = 40;

/** What a tenant may wait for its 202 beside hostile and large bodies of others. */
const thresholdP99Ms = 1_000;

/** The sums over all suites of a run as a Markdown table: what was found, and what is promised. Pure. */
export function runTable(tallies: readonly Tally[], runSeconds: number): string {
  const events = sumOf(tallies.filter((tally) => tally.of === 'events'));
  const requests = sumOf(tallies.filter((tally) => tally.of === 'requests of rolling upgrades'));
  const p99sMs = tallies.flatMap((tally) => ('p99Ms' in tally ? [tally.p99Ms] : []));
  const worstMs = Math.max(...p99sMs);
  const minutes = runSeconds / 60;
  const none = (name: string, found: number | undefined, of: number | undefined): string[] => [
    `${name}, of ${(of ?? 0).toLocaleString('en-US')}`,
    of === undefined ? '–' : String(found ?? 0),
    '0',
    of === undefined ? 'not measured' : found ? 'missed' : 'met',
  ];
  return markdownTable(
    ['over all suites', 'found', 'target', ''],
    [
      none('events lost', events['lost'], events['sent']),
      none('events stored or counted twice', events['doubled'], events['sent']),
      none('requests failed in rolling upgrades', requests['failed'], requests['sent']),
      [
        'P99 of posts beside hostile and large bodies, the worst',
        p99sMs.length === 0 ? '–' : `${worstMs.toFixed(0)} ms`,
        `≤ ${thresholdP99Ms.toLocaleString('en-US')} ms`,
        p99sMs.length === 0 ? 'not measured' : worstMs <= thresholdP99Ms ? 'met' : 'missed',
      ],
      [
        'time of the run, bringing a testbed up included',
        `${minutes.toFixed(1)} min`,
        `≤ ${longestRunMinutes} min`,
        minutes <= longestRunMinutes ? 'met' : 'missed',
      ],
    ],
  );
}

/** Adds up each number by its name. */
function sumOf(tallies: readonly Tally[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [name, value] of tallies.flatMap((tally) => Object.entries(tally))) {
    if (typeof value === 'number') sums[name] = (sums[name] ?? 0) + value;
  }
  return sums;
}
