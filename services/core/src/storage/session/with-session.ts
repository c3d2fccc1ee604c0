import type pg from 'pg';
import { sqlstateOf } from './retry-policy.ts';

/**
 * Runs work on one session of the pool, for statements that belong together. If `work` throws, its open
 * transaction is rolled back. A session whose state is unknown is closed, which rolls back as well.
 *
 * @throws the error of `work`; a lost session fails the query in progress, or the next one
 */
export async function withSession<T>(
  pool: pg.Pool,
  work: (session: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const session = await pool.connect();
  let unusable: Error | undefined;
  try {
    return await work(session);
  } catch (error) {
    unusable = await rollBack(session, error);
    throw error;
  } finally {
    session.release(unusable);
  }
}

/** Makes the session usable for the next caller, or returns why it has to be closed. */
async function rollBack(session: pg.PoolClient, cause: unknown): Promise<Error | undefined> {
  // Only after a refusal by the server is the state of the session known.
  if (sqlstateOf(cause) === undefined) return new Error('The work was aborted', { cause });
  try {
    await session.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return new Error('The work was not rolled back', { cause: error });
  }
}
