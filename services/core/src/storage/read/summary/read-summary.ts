import type { Shard } from '../../placement/shards.ts';
import { inSnapshot } from '../../session/in-snapshot.ts';
import { readTopUsers, type UserCount } from './read-top-users.ts';
import { readTypes, type TypeCounts } from './read-types.ts';
import type { Span } from './windows.ts';

export interface SummaryCounts extends TypeCounts {
  top_users: UserCount[];
}

export interface SummaryReading {
  counts: SummaryCounts;
  /** Events whose rows were read one by one for the top users. */
  rowsRead: number;
}

/**
 * Counts the events of an account in a window, exactly: total, types and users of one snapshot.
 * Ordered by count down, then name by byte.
 *
 * @param limits how many types and users are listed
 * @throws the error of PostgreSQL
 */
export async function readSummary(
  shard: Shard,
  accountId: string,
  window: Span,
  limits: { types: number; users: number },
): Promise<SummaryReading> {
  return inSnapshot(shard.pool, async (session) => {
    const types = await readTypes(session, accountId, window, limits.types);
    const top = await readTopUsers(session, accountId, window, limits.users);
    return {
      counts: { ...types, top_users: top.users },
      rowsRead: types.total - top.rolledUpEvents,
    };
  });
}
