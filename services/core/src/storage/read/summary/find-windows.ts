import type pg from 'pg';
import { instants, wholeWindows, type Span } from './windows.ts';

/** Below this the rows are read in a few milliseconds. */
export const worthwhileEvents = 5_000;

/** A window that still gets events is not rolled up again before this has passed. */
const rollUpAgainAfter = '10 minutes';

const statement = `
SELECT (extract(epoch FROM now.window_start) * 1000000)::bigint::text AS "window"
FROM (
  SELECT date_bin('15 minutes', minute, 'epoch') AS window_start, sum(count) AS events FROM event_counts
  WHERE account_id = $1 AND minute >= $2 AND minute < $3
  GROUP BY 1 HAVING sum(count) >= $4
) AS now LEFT JOIN user_rollups AS q ON q.account_id = $1 AND q.window_start = now.window_start
WHERE q.window_start IS NULL
  OR q.events <> now.events AND q.rolled_up_at < now() - interval '${rollUpAgainAfter}'
ORDER BY now.window_start DESC`;

/**
 * Finds the whole windows of a span that have many events and no valid user roll-up, the newest first.
 *
 * @param least how many events are many
 * @returns their starts, in microseconds since 1970
 */
export async function findWindowsToRollUp(
  pool: pg.Pool,
  accountId: string,
  window: Span,
  least = worthwhileEvents,
): Promise<bigint[]> {
  const [firstUs, endUs] = wholeWindows(window);
  if (firstUs >= endUs) return [];
  const { rows } = await pool.query<{ window: string }>(statement, [
    accountId,
    ...instants([firstUs, endUs]),
    least,
  ]);
  return rows.map(({ window }) => BigInt(window));
}
