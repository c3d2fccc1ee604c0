import type pg from 'pg';
import { inTransaction } from './in-transaction.ts';

/**
 * Runs reads that see the same state of the database, whatever is committed between them.
 *
 * @throws whatever the work throws
 */
export function inSnapshot<T>(
  pool: pg.Pool,
  work: (session: pg.PoolClient) => Promise<T>,
): Promise<T> {
  return inTransaction(pool, work, 'COMMIT', 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
}
