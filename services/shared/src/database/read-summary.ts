import type { Shard } from './shards.ts';

export interface SummaryCounts {
  total: number;
  by_type: { type: string; count: number }[];
  top_users: { user_id: string; count: number }[];
}

const minuteMs = 60_000;

/**
 * Splits [from, to) into the whole minutes that the roll-up covers and the ragged edges that only
 * raw rows know. All numbers are epoch milliseconds; an empty part has equal ends.
 */
export function splitWindow(fromMs: number, toMs: number) {
  const firstMs = Math.ceil(fromMs / minuteMs) * minuteMs;
  const lastMs = Math.floor(toMs / minuteMs) * minuteMs;
  if (firstMs >= lastMs) {
    return { head: [fromMs, toMs], body: [fromMs, fromMs], tail: [toMs, toMs] } as const;
  }
  return { head: [fromMs, firstMs], body: [firstMs, lastMs], tail: [lastMs, toMs] } as const;
}

// One statement is one snapshot: the total, the types and the users always fit together.
const statement = `
WITH types AS (
  SELECT type, sum(count)::bigint AS count FROM (
    SELECT type, count FROM event_counts WHERE account_id = $1 AND minute >= $4 AND minute < $5
    UNION ALL
    SELECT type, count(*) FROM events
      WHERE account_id = $1 AND timestamp >= $2 AND timestamp < $3 GROUP BY type
    UNION ALL
    SELECT type, count(*) FROM events
      WHERE account_id = $1 AND timestamp >= $6 AND timestamp < $7 GROUP BY type
  ) AS parts GROUP BY type
), users AS (
  SELECT user_id, count(*) AS count FROM events
  WHERE account_id = $1 AND timestamp >= $2 AND timestamp < $7
  GROUP BY user_id ORDER BY count DESC, user_id LIMIT $8
)
SELECT
  (SELECT coalesce(sum(count), 0)::bigint FROM types) AS total,
  (SELECT coalesce(json_agg(json_build_object('type', type, 'count', count)
     ORDER BY count DESC, type), '[]') FROM types) AS by_type,
  (SELECT coalesce(json_agg(json_build_object('user_id', user_id, 'count', count)
     ORDER BY count DESC, user_id), '[]') FROM users) AS top_users`;

/**
 * Counts the events of an account in [from, to), exactly. Ordered by count down, then name by byte.
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
): Promise<SummaryCounts> {
  const { head, body, tail } = splitWindow(fromMs, toMs);
  const instants = [...head, ...body, ...tail].map((ms) => new Date(ms).toISOString());
  const result = await shard.pool.query<SummaryCounts>({
    name: 'read-summary',
    text: statement,
    values: [accountId, ...instants, limit],
  });
  const counts = result.rows[0];
  if (!counts) throw new Error('The summary statement returned no row');
  return counts;
}
