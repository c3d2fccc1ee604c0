import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { plainRow } from '../../event/columns.ts';
import { dryRun } from './dry-run.ts';

/**
 * Whether PostgreSQL takes a harmless event of an account, the probe, in a dry run. If it refuses the
 * probe as well, its error about another event is not the fault of that event.
 */
export async function takesOthers(pool: pg.Pool, accountId: string): Promise<boolean> {
  const now = new Date().toISOString();
  const probe = {
    ...plainRow('probe', now),
    account_id: accountId,
    event_id: `probe-${randomUUID()}`,
  };
  return dryRun(pool, (attempt) => attempt(JSON.stringify(probe))).then(
    () => true,
    () => false,
  );
}
