import { formatMachine } from '../../../report/markdown.ts';
import { count, spread, table } from '../../../report/table.ts';
import type { FairResults, QuietSummary } from './results.ts';

/** The results as Markdown: targets, waits of quiet tenants, shares, conditions. */
export function formatFairness(results: FairResults): string {
  const { quiet, jain, tiers, targets, conditions } = results;
  const sections = [
    table(
      ['target', 'wanted', 'measured', 'met'],
      targets.map(({ name, target, measured, isMet }) => [
        name,
        target,
        measured.toFixed(measured < 1 ? 3 : 2),
        isMet ? 'yes' : '**no**',
      ]),
    ),
    `What 50 quiet tenants (4 single events a second each) waited, from acceptance to the start of the statement that stores the event. The whole system stores ${count(results.capacity.median)} events/s while all 51 send as hard as they can; the flood sends ${count(results.floodPerSecond.median)}, 20 × what one of 51 gets of that. Medians of the rounds, ranges in parentheses:`,
    table(
      ['beside them', 'p50 ms', 'p99 ms', 'p99 ÷ alone', 'stored/s in all', 'backlog at the end'],
      [
        quietRow('no flood', quiet.unloaded),
        quietRow('the flood', quiet.flood),
        quietRow('the flood and its backlog', quiet.backlog),
        quietRow('the same, tags off (order of arrival)', quiet.backlogByArrival),
      ],
    ),
    'Ten tenants, each with a backlog, until the first has none left:',
    table(
      ['', 'fair order', 'tags off'],
      [
        ['Jain’s index, equal weights', spread(jain.fair, 4), spread(jain.byArrival, 4)],
        ['goodput of weight 4 ÷ weight 1', spread(tiers, 2), ''],
      ],
    ),
    `- ${conditions.at}; ${conditions.rounds} rounds, interleaved; quiet tenants measured for ${conditions.secondsPerRun} s at fixed times; the flood posts 100 events a request`,
  ];
  return `${sections.join('\n\n')}\n${formatMachine(conditions)}\n`;
}

function quietRow(name: string, summary: QuietSummary): string[] {
  const { p50, p99, ratio, storedPerSecond, backlogAfter } = summary;
  return [
    name,
    spread(p50, 0),
    spread(p99, 0),
    spread(ratio, 1),
    count(storedPerSecond.median),
    count(backlogAfter.median),
  ];
}
