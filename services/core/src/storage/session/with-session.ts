import type pg from 'pg';
import { sqlstateOf } from './retry-policy.ts';

/**
 * Lends a session of the pool, for statements that belong together. Where `work` throws, what it left
 * open is rolled back. A session of which nobody knows what it is good for is closed; that rolls back
 * as well.
 *
 * @throws whatever `work` throws; a lost session fails the query that is under way, or the next one
 */
export async function withSession<T>(
  pool: pg.Pool,
  work: (session: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const session = await pool.connect();
  let unfit: Error | undefined;
  try {
    return await work(session);
  } catch (error) {
    unfit = await rollBack(session, error);
    throw error;
  } finally {
    session.release(unfit);
  }
}

/** Makes the session fit for the next one, or returns why it is to be closed. */
async function rollBack(session: pg.PoolClient, cause: unknown): Promise<Error | undefined> {
  // Only a refusal by the server leaves the session in a known state.
  if (sqlstateOf(cause) === undefined) return new Error('The work was broken off', { cause });
  try {
    await session.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return new Error('The work was not rolled back', { cause: error });
  }
}
