import type pg from 'pg';
import { eraseDeadLetters } from './erase-dead-letters.ts';
import { isTheirs, type Subject } from './subject.ts';

/** What one shard keeps of a subject. */
export interface KeptOnShard {
  events: number;
  deadLetters: number;
  /** Of a whole account: its roll-ups, and its minutes in the ledger. Of a user: 0. */
  rollUps: number;
  ledgerMinutes: number;
  /** Users that have a number in user roll-ups (../read/summary/README.md). */
  names: number;
}

const statement = `
SELECT
  (SELECT count(*) FROM events WHERE ${isTheirs}) AS events,
  (SELECT count(*) FROM event_counts WHERE account_id = $1 AND $2::text IS NULL) AS "rollUps",
  (SELECT count(*) FROM ledger WHERE account_id = $1 AND $2::text IS NULL) AS "ledgerMinutes",
  (SELECT count(*) FROM user_numbers WHERE ${isTheirs}) AS names`;

/** Counts what an erasure on this shard would reach, and changes nothing. */
export async function countKept(pool: pg.Pool, subject: Subject): Promise<KeptOnShard> {
  const { rows } = await pool.query<Omit<KeptOnShard, 'deadLetters'>>(statement, [
    subject.accountId,
    subject.userId ?? null,
  ]);
  if (!rows[0]) throw new Error('A query without a table gives one row');
  let deadLetters = 0;
  for await (const onPage of eraseDeadLetters(pool, subject, 'ROLLBACK')) deadLetters += onPage;
  return { ...rows[0], deadLetters };
}
