import type { Shard } from '../shards.ts';
import { inSnapshot } from './in-snapshot.ts';
import { readTopUsers, type UserCount } from './read-top-users.ts';
import { readTypes } from './read-types.ts';

export interface SummaryCounts {
  total: number;
  by_type: { type: string; count: number }[];
  top_users: UserCount[];
}

export interface SummaryReading {
  counts: SummaryCounts;
  /** Events whose rows were read one by one for the top users. */
  rowsRead: number;
}

/**
 * Counts the events of an account in [from, to), exactly: total, types and users of one snapshot.
 * Ordered by count down, then name by byte.
 *
 * @param limit how many of the top users
 * @throws the error of PostgreSQL
 */
export async function readSummary(
  shard: Shard,
  accountId: string,
  fromMs: number,
  toMs: number,
  limit: number,
): Promise<SummaryReading> {
  return inSnapshot(shard.pool, async (session) => {
    const { total, by_type } = await readTypes(session, accountId, [fromMs, toMs]);
    const top = await readTopUsers(session, accountId, [fromMs, toMs], limit);
    return {
      counts: { total, by_type, top_users: top.users },
      rowsRead: total - top.foldedEvents,
    };
  });
}
