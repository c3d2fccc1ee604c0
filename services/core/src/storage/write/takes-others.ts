import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { EventRow } from '../../event/event.ts';
import { dryRun } from './dry-run.ts';

/**
 * Tells whether PostgreSQL takes a harmless event of an account, by a rehearsal. If it does not, what
 * it says of another event is not that one's fault.
 */
export async function takesOthers(pool: pg.Pool, accountId: string): Promise<boolean> {
  const now = new Date().toISOString();
  const harmless: EventRow = {
    ...{ a: accountId, e: `rehearsal-${randomUUID()}`, u: 'rehearsal', t: 'rehearsal' },
    ...{ s: now, r: now, m: {} },
  };
  return dryRun(pool, (attempt) => attempt(JSON.stringify(harmless))).then(
    () => true,
    () => false,
  );
}
