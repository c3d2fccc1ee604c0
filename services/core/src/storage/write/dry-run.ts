import type pg from 'pg';
import { withSession } from '../session/with-session.ts';
import { storeEvents, type StoredCount } from './store-events.ts';

/** Stores rows and rolls that back; throws the error of PostgreSQL. */
export type DryRun = (rows: string) => Promise<StoredCount[]>;

/**
 * Runs work that may try the statement of a write any number of times. Each try gives the real result,
 * commits nothing, and holds its locks no longer than the try. Several may be sent at once; PostgreSQL
 * runs them one after the other.
 *
 * @throws the error of `work`, or the error of PostgreSQL when the session is lost
 */
export async function dryRun<T>(pool: pg.Pool, work: (attempt: DryRun) => Promise<T>): Promise<T> {
  return withSession(pool, async (session) => {
    setPipelining(session, true);
    try {
      // Deferred constraints would be checked at COMMIT, which does not happen here.
      await session.query('BEGIN; SET CONSTRAINTS ALL IMMEDIATE; SAVEPOINT dry_run');
      return await work((rows) => tryAndUndo(session, rows));
    } finally {
      // When this has ended, no other statement is in progress.
      await session.query('ROLLBACK');
      setPipelining(session, false);
    }
  });
}

/** Sent together: one round trip for each try, or for all tries that are made at once. */
async function tryAndUndo(session: pg.PoolClient, rows: string): Promise<StoredCount[]> {
  const [tried, undone] = await Promise.allSettled([
    storeEvents(session, rows),
    session.query('ROLLBACK TO SAVEPOINT dry_run'),
  ]);
  if (tried.status === 'rejected') throw tried.reason;
  if (undone.status === 'rejected') throw undone.reason;
  return tried.value;
}

/**
 * Whether node-postgres sends statements without waiting for the results of earlier ones. COPY cannot, so
 * a session must not go back to the pool with it. May be changed while no statement is in progress.
 */
function setPipelining(session: pg.PoolClient, pipeline: boolean): void {
  Object.assign(session, { pipeline });
}
