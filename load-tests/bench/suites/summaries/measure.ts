import { percentile } from '@event-platform/cli/lib/percentile';
import type { Shard } from '@event-platform/core/storage/placement/shards';
import { findWindowsToRollUp } from '@event-platform/core/storage/read/summary/find-windows';
import { wholeWindows } from '@event-platform/core/storage/read/summary/windows';
import { rollUpUsers } from '@event-platform/core/storage/read/summary/roll-up-users';
import type { Span } from '@event-platform/core/storage/read/summary/windows';
import { createPool } from '@event-platform/core/platform/postgres';
import type { Lab } from '../../lab/lab.ts';
import { startPlatform } from '../../lab/start-services.ts';
import { median } from '../../report/statistics.ts';
import { accountName } from '../../events/sample-event.ts';
import { openLimits } from '../../baselines/whole-system.ts';
import type { SummariesOptions } from './options.ts';
import { readAgain, readTogether, type Answer } from './read-http.ts';
import { dayMs, timeSummary, took, type SummaryTimes } from './time-summary.ts';

/** What summaries of one account took, in milliseconds. */
export interface SummaryFigures {
  events: number;
  /** Medians of what is not cached: before any user roll-up is made, and after. */
  unfolded: SummaryTimes;
  rolledUp: SummaryTimes;
  /** User roll-ups of a quarter of an hour that were made, and how long one took. */
  userRollUps: { windows: number; p50: number };
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
  const uncached = await measureUncached(lab, options, onProgress);
  const stack = await startPlatform(lab, { api: 1, env: { AUTH: 'off', ...openLimits } });
  try {
    const { api } = stack;
    onProgress('reads what is cached');
    const again = tookMsOf(await readAgain(api.port, account, options.cached));
    onProgress(`${options.readers} readers at once`);
    const before = await countQueries(lab);
    const answers = await readTogether(api.port, account, options.readers, 1);
    const queries = (await countQueries(lab)) - before;
    return {
      events,
      ...uncached,
      cached: { p50: percentile(again, 0.5), p99: percentile(again, 0.99) },
      together: {
        readers: options.readers,
        slowest: Math.max(...tookMsOf(answers)),
        refused: answers.filter(({ isRefused }) => isRefused).length,
        queries,
      },
    };
  } finally {
    await stack.stop();
    await lab.leavePreloaded();
  }
}

async function measureUncached(
  lab: Lab,
  { unfolded, uncached, worthwhile }: SummariesOptions,
  onProgress: (message: string) => void,
): Promise<Pick<SummaryFigures, 'unfolded' | 'rolledUp' | 'userRollUps'>> {
  const pool = createPool(
    { url: lab.databaseUrl, max: 1, statementTimeoutMs: 120_000, applicationName: 'bench' },
    lab.logger,
  );
  const shard = { name: 'main', pool };
  try {
    onProgress('reads what is not cached, before any user roll-up');
    const before = await timeSummaries(shard, unfolded);
    const nowMs = Date.now();
    const span = wholeWindows(lastDays(2, nowMs));
    const windows = await findWindowsToRollUp(pool, [account], span, { least: worthwhile });
    const tookMs: number[] = [];
    for (const { startUs } of windows) {
      onProgress(`user roll-up ${tookMs.length + 1} of ${windows.length}`);
      tookMs.push(await took(() => rollUpUsers(pool, account, startUs)));
    }
    // As autovacuum does within a minute.
    await pool.query('ANALYZE user_numbers, user_rollups');
    onProgress('reads what is not cached');
    const after = await timeSummaries(shard, uncached);
    return {
      unfolded: before,
      rolledUp: after,
      userRollUps: { windows: windows.length, p50: median(tookMs) },
    };
  } finally {
    await pool.end();
  }
}

/** So many days up to an instant, given in epoch milliseconds. */
function lastDays(days: number, endMs: number): Span {
  return [BigInt(endMs - days * dayMs) * 1_000n, BigInt(endMs) * 1_000n];
}

async function timeSummaries(shard: Shard, times: number): Promise<SummaryTimes> {
  const nowMs = Date.now();
  const found: SummaryTimes[] = [];
  for (let time = 0; time <= times; time++) {
    const endMs = nowMs - time * 997;
    found.push(await timeSummary(shard, account, lastDays(1, endMs)));
  }
  // The first brings pages into memory.
  const warm = found.slice(1);
  const middle = (part: keyof SummaryTimes) => median(warm.map((one) => one[part]));
  return { whole: middle('whole'), types: middle('types'), users: middle('users') };
}

/** Summaries that PostgreSQL has computed so far, by pg_stat_statements. */
async function countQueries(lab: Lab): Promise<number> {
  const { rows } = await lab.database.query<{ calls: number }>(
    `SELECT coalesce(sum(calls), 0)::int AS calls FROM pg_stat_statements
     WHERE query LIKE '%AS by_type%' AND query NOT LIKE '%pg_stat_statements%'`,
  );
  return rows[0]?.calls ?? 0;
}

function tookMsOf(answers: readonly Answer[]): number[] {
  return answers.map(({ tookMs }) => tookMs);
}
