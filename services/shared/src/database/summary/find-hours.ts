import type pg from 'pg';
import { wholeHours, type Span } from './windows.ts';

/** Below this the rows are read in a few milliseconds. */
export const worthwhileEvents = 20_000;

/** An hour into which events still come is not folded again before this has passed. */
const foldAgainAfter = '10 minutes';

const statement = `
SELECT (extract(epoch FROM now.hour) * 1000)::bigint AS hour
FROM (
  SELECT date_trunc('hour', minute) AS hour, sum(count) AS events FROM event_counts
  WHERE account_id = $1 AND minute >= $2 AND minute < $3
  GROUP BY 1 HAVING sum(count) >= $4
) AS now LEFT JOIN user_hours AS h ON h.account_id = $1 AND h.hour = now.hour
WHERE h.hour IS NULL
  OR h.events <> now.events AND h.folded_at < now() - interval '${foldAgainAfter}'
ORDER BY now.hour DESC`;

/**
 * Finds the whole hours of a window that have many events and no fold that holds, the newest first.
 *
 * @param least how many events are many
 * @returns their starts, epoch milliseconds
 */
export async function findHoursToFold(
  pool: pg.Pool,
  accountId: string,
  window: Span,
  least = worthwhileEvents,
): Promise<number[]> {
  const [firstMs, endMs] = wholeHours(window);
  if (firstMs >= endMs) return [];
  const instants = [firstMs, endMs].map((ms) => new Date(ms).toISOString());
  const { rows } = await pool.query<{ hour: number }>(statement, [accountId, ...instants, least]);
  return rows.map(({ hour }) => hour);
}
