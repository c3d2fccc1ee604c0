import type pg from 'pg';
import { instants, splitByMinute, type Span } from './windows.ts';

/** How many events there are, in all and by type. */
export interface TypeCounts {
  total: number;
  /** Those with most events; then by the type's bytes. */
  by_type: { type: string; count: number }[];
  /** How many further types there are, and how many events they have in all. */
  other_types: { types: number; count: number };
}

// The types that are not listed stay in PostgreSQL: an account may have as many as it has events.
const statement = `
WITH types AS MATERIALIZED (
  SELECT type, sum(count)::bigint AS count FROM (
    SELECT type, count FROM event_counts WHERE account_id = $1 AND minute >= $4 AND minute < $5
    UNION ALL
    SELECT type, count(*) FROM events
      WHERE account_id = $1 AND timestamp >= $2 AND timestamp < $3 GROUP BY type
    UNION ALL
    SELECT type, count(*) FROM events
      WHERE account_id = $1 AND timestamp >= $6 AND timestamp < $7 GROUP BY type
  ) AS parts GROUP BY type
), listed AS MATERIALIZED (
  SELECT type, count FROM types ORDER BY count DESC, type LIMIT $8
), sums AS (
  SELECT count(*) AS types, coalesce(sum(count), 0)::bigint AS total FROM types
)
SELECT sums.total, l.by_type,
  json_build_object('types', sums.types - l.types, 'count', sums.total - l.total) AS other_types
FROM sums, (
  SELECT count(*) AS types, coalesce(sum(count), 0)::bigint AS total,
    coalesce(json_agg(json_build_object('type', type, 'count', count)
      ORDER BY count DESC, type), '[]') AS by_type
  FROM listed
) AS l`;

/**
 * Counts an account's events in a window by their type.
 *
 * @param limit how many types are listed
 */
export async function readTypes(
  session: Pick<pg.ClientBase, 'query'>,
  accountId: string,
  window: Span,
  limit: number,
): Promise<TypeCounts> {
  const { head, body, tail } = splitByMinute(window);
  const { rows } = await session.query<TypeCounts>({
    name: 'read-summary-types',
    text: statement,
    values: [accountId, ...instants([...head, ...body, ...tail]), limit],
  });
  if (!rows[0]) throw new Error('An aggregate without groups gives one row');
  return rows[0];
}
