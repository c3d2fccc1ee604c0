import type { Lab } from '../bench/lab/lab.ts';
import { startService } from '../bench/lab/service.ts';
import { median } from '../bench/report/statistics.ts';
import { accountName } from '../bench/events/sample-event.ts';
import { openLimits } from '../bench/yardsticks/whole-system.ts';
import type { SummariesOptions } from './options.ts';
import { readAgain, readTogether, type Answer } from './read-http.ts';
import { dayMs, timePart, timeSummary } from './summary-statement.ts';

/** What summaries of one account took, in milliseconds. */
export interface SummaryFigures {
  events: number;
  /** Medians. `types` and `users`: parts of the statement alone, where it has them. */
  uncached: { whole: number; types: number | undefined; users: number | undefined };
  cached: { p50: number; p99: number };
  /** Readers that asked at once, how long the slowest waited, and how many queries that made. */
  together: { readers: number; slowest: number; refused: number; queries: number };
}

const account = accountName(0);

/** Measures one size, in a database of its own. */
export async function measureSummaries(
  lab: Lab,
  events: number,
  options: SummariesOptions,
  onProgress: (message: string) => void,
): Promise<SummaryFigures> {
  await lab.reset();
  await lab.enterPreloaded({ rows: events, accounts: 1, users: options.users }, onProgress);
  await lab.database.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
  onProgress('reads what is not cached');
  const uncached = await measureUncached(lab, options.uncached);
  const api = await startService(lab, {
    name: 'api',
    entry: 'services/api/src/main.ts',
    portVariable: 'PORT',
    env: { AUTH: 'off', ...openLimits },
  });
  try {
    onProgress('reads what is cached');
    const again = sorted(await readAgain(api.port, account, options.cached));
    onProgress(`${options.readers} readers at once`);
    const before = await countQueries(lab);
    const took = await readTogether(api.port, account, options.readers, 1);
    const queries = (await countQueries(lab)) - before;
    return {
      events,
      uncached,
      cached: { p50: at(again, 0.5), p99: at(again, 0.99) },
      together: {
        readers: options.readers,
        slowest: Math.max(...took.map(({ tookMs }) => tookMs)),
        refused: took.filter(({ isRefused }) => isRefused).length,
        queries,
      },
    };
  } finally {
    await api.stop();
    await lab.leavePreloaded();
  }
}

async function measureUncached(lab: Lab, times: number): Promise<SummaryFigures['uncached']> {
  const parts = { whole: [] as number[], types: [] as number[], users: [] as number[] };
  const nowMs = Date.now();
  for (let time = 0; time <= times; time++) {
    const window = { fromMs: nowMs - dayMs - time * 997, toMs: nowMs - time * 997 };
    const whole = await timeSummary(lab.database, account, window);
    const types = await timePart(lab.database, account, window, 'types');
    const users = await timePart(lab.database, account, window, 'users');
    // The first brings pages into memory.
    if (time === 0) continue;
    parts.whole.push(whole);
    if (types !== undefined) parts.types.push(types);
    if (users !== undefined) parts.users.push(users);
  }
  const middle = (values: number[]) => (values.length > 0 ? median(values) : undefined);
  return { whole: median(parts.whole), types: middle(parts.types), users: middle(parts.users) };
}

/** Summaries that PostgreSQL has computed so far, by pg_stat_statements. */
async function countQueries(lab: Lab): Promise<number> {
  const { rows } = await lab.database.query<{ calls: number }>(
    `SELECT coalesce(sum(calls), 0)::int AS calls FROM pg_stat_statements
     WHERE query LIKE '%AS top_users%' AND query NOT LIKE '%pg_stat_statements%'`,
  );
  return rows[0]?.calls ?? 0;
}

function sorted(answers: Answer[]): number[] {
  return answers.map(({ tookMs }) => tookMs).toSorted((a, b) => a - b);
}

function at(values: number[], share: number): number {
  return values[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;
}
