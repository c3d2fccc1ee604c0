import type pg from 'pg';
import { instants, wholeQuarters, type Span } from './windows.ts';

/** Below this the rows are read in a few milliseconds. */
export const worthwhileEvents = 5_000;

/** A quarter into which events still come is not folded again before this has passed. */
const foldAgainAfter = '10 minutes';

const statement = `
SELECT (extract(epoch FROM now.quarter) * 1000000)::bigint::text AS quarter
FROM (
  SELECT date_bin('15 minutes', minute, 'epoch') AS quarter, sum(count) AS events FROM event_counts
  WHERE account_id = $1 AND minute >= $2 AND minute < $3
  GROUP BY 1 HAVING sum(count) >= $4
) AS now LEFT JOIN user_quarters AS q ON q.account_id = $1 AND q.quarter = now.quarter
WHERE q.quarter IS NULL
  OR q.events <> now.events AND q.folded_at < now() - interval '${foldAgainAfter}'
ORDER BY now.quarter DESC`;

/**
 * Finds the whole quarters of a window that have many events and no fold that holds, the newest first.
 *
 * @param least how many events are many
 * @returns their starts, in microseconds since 1970
 */
export async function findQuartersToFold(
  pool: pg.Pool,
  accountId: string,
  window: Span,
  least = worthwhileEvents,
): Promise<bigint[]> {
  const [firstUs, endUs] = wholeQuarters(window);
  if (firstUs >= endUs) return [];
  const { rows } = await pool.query<{ quarter: string }>(statement, [
    accountId,
    ...instants([firstUs, endUs]),
    least,
  ]);
  return rows.map(({ quarter }) => BigInt(quarter));
}
