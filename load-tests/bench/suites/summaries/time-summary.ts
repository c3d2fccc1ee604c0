import type pg from 'pg';
import { summaryLists } from '@event-platform/core/event/results';
import type { Shard } from '@event-platform/core/storage/placement/shards';
import { inSnapshot } from '@event-platform/core/storage/session/in-snapshot';
import { readSummary } from '@event-platform/core/storage/read/summary/read-summary';
import { readTopUsers } from '@event-platform/core/storage/read/summary/read-top-users';
import { readTypes } from '@event-platform/core/storage/read/summary/read-types';
import type { Span } from '@event-platform/core/storage/read/summary/windows';

export const dayMs = 86_400_000;
/** As the api reads them. */
const listed = { types: summaryLists.types.most, users: summaryLists.users.most };

/** What a summary and its parts alone took, in milliseconds. */
export interface SummaryTimes {
  whole: number;
  types: number;
  users: number;
}

/** Reads a summary as the api does, and then its parts each for themselves. */
export async function timeSummary(
  shard: Shard,
  account: string,
  window: Span,
): Promise<SummaryTimes> {
  const part = (read: (session: pg.PoolClient) => Promise<unknown>) =>
    took(() => inSnapshot(shard.pool, read));
  return {
    whole: await took(() => readSummary(shard, account, window, listed)),
    types: await part((session) => readTypes(session, account, window, listed.types)),
    users: await part((session) => readTopUsers(session, account, window, listed.users)),
  };
}

/** How many milliseconds something takes. */
export async function took(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now();
  await work();
  return performance.now() - startedAtMs;
}
