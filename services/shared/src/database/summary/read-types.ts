import type pg from 'pg';
import { instants, splitByMinute, type Span } from './windows.ts';

/** How many events there are, in all and by type; most first, then by the type's bytes. */
export interface TypeCounts {
  total: number;
  by_type: { type: string; count: number }[];
}

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
)
SELECT coalesce(sum(count), 0)::bigint AS total,
  coalesce(json_agg(json_build_object('type', type, 'count', count)
    ORDER BY count DESC, type), '[]') AS by_type
FROM types`;

/** Counts an account's events in a window by their type. */
export async function readTypes(
  session: Pick<pg.ClientBase, 'query'>,
  accountId: string,
  window: Span,
): Promise<TypeCounts> {
  const { head, body, tail } = splitByMinute(window);
  const { rows } = await session.query<TypeCounts>({
    name: 'read-summary-types',
    text: statement,
    values: [accountId, ...instants([...head, ...body, ...tail])],
  });
  if (!rows[0]) throw new Error('An aggregate without groups gives one row');
  return rows[0];
}
