import type pg from 'pg';
import { withSession } from './with-session.ts';

/**
 * Runs work on one session in one transaction.
 *
 * @param work what happens together or not at all
 * @param end how a transaction whose work went well ends; ROLLBACK makes a rehearsal of it
 * @param begin the statement that begins it, where it is of another kind than usual
 * @throws whatever the work throws, after which nothing of it has happened
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
