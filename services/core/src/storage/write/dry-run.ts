import type pg from 'pg';
import { withSession } from '../session/with-session.ts';
import { storeEvents, type StoredCount } from './store-events.ts';

/** Tries to store rows and takes it back; throws the error of PostgreSQL. */
export type DryRun = (rows: string) => Promise<StoredCount[]>;

/**
 * Lends a session in which the very statement of a write can be tried as often as one likes: it tells
 * the truth, commits nothing, and holds its locks for no longer than one try. Several may be under way
 * at once; PostgreSQL makes them one after the other.
 *
 * @throws whatever `work` throws, and the error of PostgreSQL when the session is lost
 */
export async function dryRun<T>(pool: pg.Pool, work: (attempt: DryRun) => Promise<T>): Promise<T> {
  return withSession(pool, async (session) => {
    setPipelining(session, true);
    try {
      // There is no COMMIT here at which the constraints that wait for it could be checked.
      await session.query('BEGIN; SET CONSTRAINTS ALL IMMEDIATE; SAVEPOINT rehearsal');
      return await work((rows) => tryAndUndo(session, rows));
    } finally {
      // Once this is answered, nothing else is under way.
      await session.query('ROLLBACK');
      setPipelining(session, false);
    }
  });
}

/** Sent together: one round trip for each try, or for all that are made at once. */
async function tryAndUndo(session: pg.PoolClient, rows: string): Promise<StoredCount[]> {
  const [tried, undone] = await Promise.allSettled([
    storeEvents(session, rows),
    session.query('ROLLBACK TO SAVEPOINT rehearsal'),
  ]);
  if (tried.status === 'rejected') throw tried.reason;
  if (undone.status === 'rejected') throw undone.reason;
  return tried.value;
}

/**
 * Whether node-postgres sends statements without waiting for each other's answers. A session of the
 * pool must not go on doing so, since COPY cannot. It may be changed while nothing is under way.
 */
function setPipelining(session: pg.PoolClient, pipeline: boolean): void {
  Object.assign(session, { pipeline });
}
