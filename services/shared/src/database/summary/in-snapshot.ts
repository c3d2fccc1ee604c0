import type pg from 'pg';
import { lendSession } from '../lend-session.ts';

/**
 * Runs reads that see the same state of the database, whatever is committed between them.
 *
 * @throws whatever the work throws
 */
export async function inSnapshot<T>(
  pool: pg.Pool,
  work: (session: pg.PoolClient) => Promise<T>,
): Promise<T> {
  return lendSession(pool, async (session) => {
    await session.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const result = await work(session);
    await session.query('COMMIT');
    return result;
  });
}
