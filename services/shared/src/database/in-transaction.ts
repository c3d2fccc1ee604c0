import type pg from 'pg';

/**
 * Runs work on one session in one transaction.
 *
 * @param work what happens together or not at all
 * @param end how a transaction whose work went well ends; ROLLBACK makes a rehearsal of it
 * @throws whatever the work throws, after which nothing of it has happened
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (session: pg.PoolClient) => Promise<T>,
  end: 'COMMIT' | 'ROLLBACK' = 'COMMIT',
): Promise<T> {
  const session = await pool.connect();
  try {
    await session.query('BEGIN');
    const result = await work(session);
    await session.query(end);
    session.release();
    return result;
  } catch (error) {
    // Throwing the session away rolls back, also where it no longer answers.
    session.release(true);
    throw error;
  }
}
