import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { causeOf, type DeadLetterCause } from '../dead-letters/dead-letters.ts';
import {
  isDeadLetter,
  type DeadLetter,
  type DeadLetterKey,
} from '../dead-letters/dead-letter-list.ts';
import { inTransaction } from '../session/in-transaction.ts';
import { ruleFor } from '../session/retry-policy.ts';
import { deadLetters } from '../schema.ts';
import type { Shard, ShardMap } from '../placement/shards.ts';
import { storeEvents } from '../write/store-events.ts';

/** What became of a letter, or would. */
export type ReplayOutcome =
  /** The event is stored, by this replay or, `duplicate`, before it. */
  | { kind: 'stored' | 'duplicate' }
  /** PostgreSQL refuses it; the letter stays, with what PostgreSQL said now. */
  | { kind: 'dead'; cause: DeadLetterCause }
  /** The letter holds a job that nobody could read, not an event. */
  | { kind: 'unreadable' }
  /** Somebody else replayed it in the meantime. */
  | { kind: 'gone' };

/** Reason of letters whose row is a stand-in for a job (worker/consume/bury-failed-jobs.ts). */
const unreadableReason = 'job_unreadable';

/** A deadlock or a timeout among others is tried again at once, so often in all. */
const attempts = 3;

/**
 * Stores the event of a letter, as edited if it was, on its account's shard, and removes the letter,
 * in one transaction. The letter is locked meanwhile: who edits or renews it waits, and what is stored
 * is what was last in it. On two shards, after a move, a crash between the two commits leaves a
 * letter whose event is stored: the next replay calls it a duplicate.
 *
 * @param source the shard that the letter lies on; another one than the account's after a move
 * @param end ROLLBACK tries the very same and leaves everything as it was
 * @throws the error of PostgreSQL when it is away; nothing has happened then
 */
export async function replayDeadLetter(
  shards: ShardMap,
  source: Shard,
  key: DeadLetterKey,
  end: 'COMMIT' | 'ROLLBACK' = 'COMMIT',
): Promise<ReplayOutcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await inTransaction(
        source.pool,
        (session) => replayInSession(session, source, shards.forAccount(key.accountId), key, end),
        end,
      );
    } catch (error) {
      if (ruleFor(error).first !== 'in place' || attempt >= attempts) throw error;
    }
  }
}

async function replayInSession(
  session: pg.PoolClient,
  source: Shard,
  target: Shard,
  key: DeadLetterKey,
  end: 'COMMIT' | 'ROLLBACK',
): Promise<ReplayOutcome> {
  const database = drizzle(session);
  const [deadLetter] = await database
    .select()
    .from(deadLetters)
    .where(isDeadLetter(key))
    .for('update');
  if (!deadLetter) return { kind: 'gone' };
  if (isUnreadable(deadLetter)) return { kind: 'unreadable' };
  const row = deadLetter.editedRow ?? deadLetter.row;
  const outcome =
    source === target
      ? await storeRow(session, row)
      : await inTransaction(target.pool, (other) => storeRow(other, row), end);
  if (outcome.kind === 'dead') await renewDeadLetter(session, deadLetter, outcome.cause);
  else await database.delete(deadLetters).where(isDeadLetter(key));
  return outcome;
}

/** A refusal of PostgreSQL is an outcome, and must not end the transaction. */
async function storeRow(
  session: pg.PoolClient,
  row: string,
): Promise<Extract<ReplayOutcome, { kind: 'stored' | 'duplicate' | 'dead' }>> {
  await session.query('SAVEPOINT before_store');
  try {
    const stored = await storeEvents(session, row);
    return { kind: stored.length > 0 ? 'stored' : 'duplicate' };
  } catch (error) {
    if (ruleFor(error).alone !== 'dead') throw error;
    await session.query('ROLLBACK TO SAVEPOINT before_store');
    return { kind: 'dead', cause: causeOf(error, 1) };
  }
}

async function renewDeadLetter(
  session: pg.PoolClient,
  deadLetter: DeadLetter,
  cause: DeadLetterCause,
): Promise<void> {
  await drizzle(session)
    .update(deadLetters)
    .set({
      reason: cause.reason,
      sqlstate: cause.sqlstate ?? null,
      message: cause.message,
      detail: cause.detail ?? null,
      attempts: deadLetter.attempts + cause.attempts,
      deadLetteredAt: sql`now()`,
      discardedAt: null,
      discardReason: null,
    })
    .where(isDeadLetter(deadLetter));
}

/** A row that is not even JSON cannot be an event either; PostgreSQL's answer would not say so. */
export function isUnreadable({ reason, row }: DeadLetter): boolean {
  if (reason === unreadableReason) return true;
  try {
    JSON.parse(row);
    return false;
  } catch {
    return true;
  }
}
