import type pg from 'pg';
import type { Subject } from './subject.ts';

/**
 * Takes out the names that folds of quarters stand on, and the account's folds: they counted events that
 * are gone now. The transaction holds the lock of the folds (summary/fold-quarter.ts).
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
