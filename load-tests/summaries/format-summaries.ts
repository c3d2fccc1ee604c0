import type { Conditions } from '../bench/report/conditions.ts';
import { formatMachine } from '../bench/report/markdown.ts';
import { count, table } from '../bench/report/table.ts';
import { formatTargets, type Target } from '../bench/report/targets.ts';
import type { SummaryFigures } from './measure.ts';

/** The contents of summaries.json. */
export interface SummariesResults {
  conditions: Conditions;
  users: number;
  figures: SummaryFigures[];
}

const mostTypesMs = 60;
const mostUsersMs = 300;
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
  return figures.flatMap(({ events, uncached, cached, together }) => {
    const of = `of ${count(events)} events`;
    return [
      target(`types ${of}, uncached p50`, mostTypesMs, uncached.types, 'ms'),
      target(`top users ${of}, uncached p50`, mostUsersMs, uncached.users, 'ms'),
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
  const ms = (value: number | undefined) => (value === undefined ? '–' : value.toFixed(1));
  const sections = [
    `Made by \`${command}\`: summaries of 24 hours of one account with ${count(users)} users. Uncached: the api’s own statement over a connection of its own, each time with another window, pages in memory; its parts are the same statement with all else left out. Cached, and many at once: over HTTP; the number of queries is that of pg_stat_statements.`,
    formatTargets(summariesTargets(figures)),
    table(
      [
        'events',
        'whole, uncached p50 ms',
        'types alone',
        'users alone',
        'cached p50 ms',
        'p99 ms',
        'readers at once',
        'queries',
        'slowest ms',
        'refused (503)',
      ],
      figures.map(({ events, uncached, cached, together }) => [
        count(events),
        ms(uncached.whole),
        ms(uncached.types),
        ms(uncached.users),
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
