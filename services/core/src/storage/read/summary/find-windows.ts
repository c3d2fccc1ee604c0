import type pg from 'pg';
import { instants, type Span } from './windows.ts';

/** Below this the rows are read in a few milliseconds. */
export const worthwhileEvents = 5_000;

/** A window into which events still come is not rolled up again before this has passed. */
const rollUpAgainAfter = '10 minutes';

/** A window of 15 minutes of an account. */
export interface AccountWindow {
  accountId: string;
  /** In microseconds since 1970. */
  startUs: bigint;
}

const accountsStatement = `
WITH RECURSIVE accounts AS (
  (SELECT account_id FROM event_counts WHERE account_id > $1 ORDER BY account_id LIMIT 1)
  UNION ALL
  SELECT (SELECT c.account_id FROM event_counts AS c WHERE c.account_id > a.account_id
          ORDER BY c.account_id LIMIT 1)
  FROM accounts AS a WHERE a.account_id IS NOT NULL
)
SELECT account_id FROM accounts WHERE account_id IS NOT NULL LIMIT $2`;

/**
 * Lists accounts that have events, in the order of their names: one probe of the index for each.
 *
 * @param after the account to go on behind; empty: from the first one
 */
export async function listAccounts(pool: pg.Pool, after: string, limit: number): Promise<string[]> {
  const { rows } = await pool.query<{ account_id: string }>(accountsStatement, [after, limit]);
  return rows.map(({ account_id }) => account_id);
}

const nextMinuteStatement = `
SELECT account_id AS "accountId", (extract(epoch FROM minute) * 1000000)::bigint::text AS minute
FROM event_counts WHERE (account_id, minute) >= ($1, $2::timestamptz)
ORDER BY account_id, minute LIMIT 1`;

/**
 * Finds the first minute with events at or behind a minute of an account, in the order of accounts, then of time.
 *
 * @returns undefined behind the last minute of the last account
 */
export async function findNextMinute(
  pool: pg.Pool,
  { accountId, startUs }: AccountWindow,
): Promise<AccountWindow | undefined> {
  const values = [accountId, ...instants([startUs])];
  const { rows } = await pool.query<{ accountId: string; minute: string }>(
    nextMinuteStatement,
    values,
  );
  return rows[0] && { accountId: rows[0].accountId, startUs: BigInt(rows[0].minute) };
}

const windowsStatement = `
SELECT a.account_id AS "accountId",
  (extract(epoch FROM now.window_start) * 1000000)::bigint::text AS "window"
FROM unnest($1::text[]) AS a(account_id) CROSS JOIN LATERAL (
  SELECT date_bin('15 minutes', minute, 'epoch') AS window_start, sum(count) AS events
  FROM event_counts WHERE account_id = a.account_id AND minute >= $2 AND minute < $3
  GROUP BY 1 HAVING sum(count) >= $4
) AS now LEFT JOIN user_rollups AS q
  ON q.account_id = a.account_id AND q.window_start = now.window_start
WHERE q.window_start IS NULL
  OR q.events <> now.events AND q.rolled_up_at < now() - interval '${rollUpAgainAfter}'
ORDER BY now.window_start DESC, a.account_id LIMIT $5`;

/**
 * Finds windows of some accounts that have many events and no valid user roll-up, the newest first.
 *
 * @param span whole windows; a window that it covers in part is counted in part
 * @param least how many events are many
 * @param limit windows at most
 */
export async function findWindowsToRollUp(
  pool: pg.Pool,
  accounts: readonly string[],
  span: Span,
  { least = worthwhileEvents, limit = 1_000 }: { least?: number; limit?: number } = {},
): Promise<AccountWindow[]> {
  const values = [accounts, ...instants(span), least, limit];
  const { rows } = await pool.query<{ accountId: string; window: string }>(
    windowsStatement,
    values,
  );
  return rows.map(({ accountId, window }) => ({ accountId, startUs: BigInt(window) }));
}
