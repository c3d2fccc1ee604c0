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
import { retryNow } from '../session/retry-now.ts';
import { ruleFor } from '../session/retry-policy.ts';
import { deadLetters } from '../schema.ts';
import type { Shard, ShardMap } from '../placement/shards.ts';
import { storeEvents } from '../write/store-events.ts';

/** What became of a dead letter, or would in a dry run. */
export type ReplayOutcome =
  /** The event is stored, by this replay or, `duplicate`, before it. */
  | { kind: 'stored' | 'duplicate' }
  /** PostgreSQL refuses it; the dead letter stays, with the error of this attempt. */
  | { kind: 'dead'; cause: DeadLetterCause }
  /** The dead letter holds an unreadable job, not an event. */
  | { kind: 'unreadable' }
  /** Another process replayed it meanwhile. */
  | { kind: 'gone' };

/** The reason of dead letters that stand for a whole job (maintainer/dead-letters/dead-letter-failed-jobs.ts). */
const unreadableReason = 'job_unreadable';

/** For a deadlock or a timeout, among others. */
const retryBudget = { attempts: 3, backoffMs: 50 };

/**
 * Stores the event of a dead letter, in its edited form if there is one, on its account's shard, and
 * removes the dead letter in the same transaction. The dead letter is locked meanwhile, so the stored event
 * is its last version. On two shards, after a move, a crash between the two commits leaves a dead letter
 * whose event is stored: the next replay finds a duplicate.
 *
 * @param source the shard of the dead letter; after a move it may not be the account's shard
 * @param end ROLLBACK: a dry run, which changes nothing
 * @throws the error of PostgreSQL when it is unavailable; nothing has changed then
 */
export function replayDeadLetter(
  shards: ShardMap,
  source: Shard,
  key: DeadLetterKey,
  end: 'COMMIT' | 'ROLLBACK' = 'COMMIT',
): Promise<ReplayOutcome> {
  return retryNow(retryBudget, () =>
    inTransaction(
      source.pool,
      (session) => replayInSession(session, source, shards.forAccount(key.accountId), key, end),
      end,
    ),
  );
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

/** A row that is not JSON is no event either; the error of PostgreSQL would not say so. */
export function isUnreadable({ reason, row }: DeadLetter): boolean {
  if (reason === unreadableReason) return true;
  try {
    JSON.parse(row);
    return false;
  } catch {
    return true;
  }
}
