import type pg from 'pg';
import type { Audit } from './ledger-audit.ts';

/** The last round of the ledger on one shard, whichever process did it. */
export interface LedgerRun extends Audit {
  /** Which round it is; each has a number of its own. */
  serial: number;
  /** How long ago it was, by PostgreSQL's clock. */
  ageMs: number;
  /** How long ago the last one was that saw the queue too; null: none did yet. */
  wholeAgeMs: number | null;
}

type Session = Pick<pg.ClientBase, 'query'>;

const readStatement = `
SELECT serial, missing, excess, pending, oldest_pending AS "oldestPending",
  (extract(epoch FROM clock_timestamp() - done_at) * 1000)::double precision AS "ageMs",
  (extract(epoch FROM clock_timestamp() - whole_at) * 1000)::double precision AS "wholeAgeMs"
FROM ledger_runs`;

/** Reads what the last round found; undefined before the first one. */
export async function readLedgerRun(session: Session): Promise<LedgerRun | undefined> {
  return (await session.query<LedgerRun>(readStatement)).rows[0];
}

const writeStatement = `
INSERT INTO ledger_runs AS r (id, serial, done_at, whole_at, missing, excess, pending, oldest_pending)
VALUES (1, 1, clock_timestamp(), CASE WHEN $1 THEN clock_timestamp() END, $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET
  serial = r.serial + 1, done_at = excluded.done_at,
  whole_at = coalesce(excluded.whole_at, r.whole_at), missing = excluded.missing,
  excess = excluded.excess, pending = excluded.pending, oldest_pending = excluded.oldest_pending`;

/**
 * Writes down what a round found, in its transaction, for all other processes.
 *
 * @param isWhole whether the queue was seen too
 */
export async function writeLedgerRun(
  session: Session,
  audit: Audit,
  isWhole: boolean,
): Promise<void> {
  const { missing, excess, pending, oldestPending } = audit;
  await session.query(writeStatement, [isWhole, missing, excess, pending, oldestPending]);
}
