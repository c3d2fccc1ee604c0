import type pg from 'pg';
import { inTransaction } from '../../session/in-transaction.ts';
import { packed } from './pack-counts.ts';
import { instants, windowUs } from './windows.ts';

/** `busy`: another process is rolling up or erasing the account. */
export type RollUpOutcome = 'written' | 'busy' | 'too many users';

/** Any constant will do, as long as everyone takes the same one; the account's name makes it its own. */
const advisoryLock = 7_203_116;

/** A summary holds eight bytes for each in memory. */
export const mostNumberedUsers = 1_000_000;

const lock = 'pg_advisory_xact_lock($1, hashtext($2))';
const tryLock = 'pg_try_advisory_xact_lock($1, hashtext($2))';

const nextNumber = `
SELECT coalesce(max(number) + 1, 0) AS next FROM user_numbers WHERE account_id = $1`;

const numberUsers = `
INSERT INTO user_numbers (account_id, user_id, number)
SELECT $1, user_id, $4::int - 1 + row_number() OVER ()
FROM (
  SELECT DISTINCT e.user_id FROM events AS e
  WHERE e.account_id = $1 AND e.timestamp >= $2 AND e.timestamp < $3
    AND NOT EXISTS (SELECT FROM user_numbers AS n
                    WHERE n.account_id = $1 AND n.user_id = e.user_id)
  LIMIT $5
) AS new`;

// Events that came since the users were numbered may be of a user without a number. Then this user roll-up
// counts fewer events than there are, and is never used.
const rollUp = `
WITH counted AS MATERIALIZED (
  SELECT n.number, u.count
  FROM (
    SELECT user_id, count(*)::int AS count FROM events
    WHERE account_id = $1 AND timestamp >= $2 AND timestamp < $3 GROUP BY user_id
  ) AS u JOIN user_numbers AS n ON n.account_id = $1 AND n.user_id = u.user_id
)
INSERT INTO user_rollups (account_id, window_start, events, counts)
SELECT $1, $2, (SELECT coalesce(sum(count), 0) FROM counted), ${packed('counted')}
ON CONFLICT (account_id, window_start) DO UPDATE SET
  events = excluded.events, counts = excluded.counts, rolled_up_at = now()`;

/** Locks the user roll-ups of the account until the COMMIT, after any other transaction that holds the lock. */
export async function lockUserRollUps(
  session: Pick<pg.ClientBase, 'query'>,
  accountId: string,
): Promise<void> {
  await session.query(`SELECT ${lock}`, [advisoryLock, accountId]);
}

/**
 * Counts the users of a window and stores the counts, so that summaries need not read its rows again.
 *
 * @param startUs start of a window, in microseconds since 1970
 * @param most users of an account that get a number
 * @throws the error of PostgreSQL; nothing has changed then
 */
export async function rollUpUsers(
  pool: pg.Pool,
  accountId: string,
  startUs: bigint,
  most = mostNumberedUsers,
): Promise<RollUpOutcome> {
  const span = instants([startUs, startUs + windowUs]);
  return inTransaction(pool, async (session) => {
    const locked = await session.query<{ is: boolean }>(`SELECT ${tryLock} AS is`, [
      advisoryLock,
      accountId,
    ]);
    if (locked.rows[0]?.is !== true) return 'busy';
    const before = await readNextNumber(session, accountId);
    // One more than may be, to see that there are too many.
    const room = Math.max(0, most + 1 - before);
    const numbered = await session.query(numberUsers, [accountId, ...span, before, room]);
    if (before + (numbered.rowCount ?? 0) > most) return 'too many users';
    await session.query(rollUp, [accountId, ...span]);
    return 'written';
  });
}

async function readNextNumber(
  session: Pick<pg.ClientBase, 'query'>,
  accountId: string,
): Promise<number> {
  const { rows } = await session.query<{ next: number }>(nextNumber, [accountId]);
  return rows[0]?.next ?? 0;
}
