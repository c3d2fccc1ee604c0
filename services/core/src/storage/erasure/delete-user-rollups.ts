import type pg from 'pg';
import type { Subject } from './subject.ts';

/**
 * Deletes the user roll-ups of the account, which count events that are erased, and the users' numbers that
 * they refer to. The transaction holds the lock of the roll-ups (read/summary/roll-up-users.ts).
 */
export async function deleteUserRollUps(
  session: Pick<pg.ClientBase, 'query'>,
  { accountId, userId }: Subject,
): Promise<void> {
  await session.query('DELETE FROM user_rollups WHERE account_id = $1', [accountId]);
  await session.query(
    'DELETE FROM user_numbers WHERE account_id = $1 AND ($2::text IS NULL OR user_id = $2)',
    [accountId, userId ?? null],
  );
}
