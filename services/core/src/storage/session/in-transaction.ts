import type pg from 'pg';
import { withSession } from './with-session.ts';

/**
 * Runs work on one session in one transaction.
 *
 * @param work what is committed together or not at all
 * @param end how the transaction ends after the work; ROLLBACK makes it a dry run
 * @param begin the statement that starts it, for another isolation level
 * @throws the error of the work; nothing is committed then
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (session: pg.PoolClient) => Promise<T>,
  end: 'COMMIT' | 'ROLLBACK' = 'COMMIT',
  begin = 'BEGIN ISOLATION LEVEL READ COMMITTED',
): Promise<T> {
  return withSession(pool, async (session) => {
    await session.query(begin);
    const result = await work(session);
    await session.query(end);
    return result;
  });
}
