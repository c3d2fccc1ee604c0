import type { Conditions } from '../../report/conditions.ts';
import { formatMachine } from '../../report/markdown.ts';
import { count, table } from '../../report/table.ts';
import { formatTargets, type Target } from '../../report/targets.ts';
import type { SummaryFigures } from './measure.ts';

/** The contents of summaries.json. */
export interface SummariesResults {
  conditions: Conditions;
  users: number;
  figures: SummaryFigures[];
}

/** Up to a million events, and beyond. */
const mostWholeMs = { small: 60, large: 300 };
const million = 1_000_000;
const mostCachedMs = 5;

/** Holds each size against the targets. Pure. */
export function summariesTargets(figures: readonly SummaryFigures[]): Target[] {
  const target = (name: string, wanted: number, measured: number | undefined, unit?: string) => ({
    name,
    isAtLeast: false,
    wanted,
    measured,
    ...(unit !== undefined && { unit }),
  });
  return figures.flatMap(({ events, rolledUp, cached, together }) => {
    const of = `of ${count(events)} events`;
    return [
      target(
        `summary ${of}, with user roll-ups, uncached p50`,
        events > million ? mostWholeMs.large : mostWholeMs.small,
        rolledUp.whole,
        'ms',
      ),
      target(`cached ${of}, p99`, mostCachedMs, cached.p99, 'ms'),
      target(
        `queries for ${count(together.readers)} readers at once ${of}`,
        1,
        counted(together.queries),
      ),
    ];
  });
}

/** No query at all was answered to all of them: then the count itself has failed. */
function counted(queries: number): number | undefined {
  return queries === 0 ? undefined : queries;
}

/** The results as Markdown. */
export function formatSummaries(
  { conditions, users, figures }: SummariesResults,
  command: string,
): string {
  const ms = (value: number) => value.toFixed(1);
  const sections = [
    `Made by \`${command}\`: summaries of 24 hours of one account with ${count(users)} users. Uncached: as the api reads, over a connection of its own, each time with another window, pages in memory; first with every row read for the top users, then with whole quarters folded, as they are after an account’s first summary. Its parts are its statements each for themselves. Cached, and many at once: over HTTP; the number of queries is that of pg_stat_statements.`,
    formatTargets(summariesTargets(figures)),
    table(
      [
        'events',
        'uncached p50 ms, from rows',
        'user roll-ups',
        'ms a roll-up',
        'uncached p50 ms, with user roll-ups',
        'types alone',
        'users alone',
        'cached p50 ms',
        'p99 ms',
        'readers at once',
        'queries',
        'slowest ms',
        'refused (503)',
      ],
      figures.map(({ events, unfolded, userRollUps, rolledUp, cached, together }) => [
        count(events),
        ms(unfolded.whole),
        count(userRollUps.windows),
        ms(userRollUps.p50),
        ms(rolledUp.whole),
        ms(rolledUp.types),
        ms(rolledUp.users),
        cached.p50.toFixed(2),
        cached.p99.toFixed(2),
        count(together.readers),
        count(together.queries),
        ms(together.slowest),
        count(together.refused),
      ]),
    ),
    `- ${conditions.at}\n${formatMachine(conditions)}`,
  ];
  return `${sections.join('\n\n')}\n`;
}
