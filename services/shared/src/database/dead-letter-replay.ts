import { findDeadLetter, removeDeadLetter, type DeadLetter } from './dead-letter-list.ts';
import { defaultStorePolicy, storeBatch } from './event-store.ts';
import { rehearse } from './rehearse.ts';
import { ruleFor, sqlstateOf } from './retry-policy.ts';
import type { Shard, ShardMap } from './shards.ts';

/** A letter has been held and suspected before; what it dies of once more is told at once. */
const replayPolicy = { ...defaultStorePolicy, suspects: true };

/** What became of a letter, or would. */
export type ReplayOutcome =
  /** The event is stored, by this replay or, `duplicate`, before it. */
  | { kind: 'stored' | 'duplicate' }
  /** PostgreSQL refuses it as before; the letter stays. */
  | { kind: 'dead'; sqlstate: string | undefined; message: string }
  /** The letter holds a job that nobody could read, not an event. */
  | { kind: 'unreadable' };

/** Reason of letters whose row is a stand-in for a job (worker/consume/bury-failed-jobs.ts). */
const unreadableReason = 'job_unreadable';

/**
 * Stores the event of a letter on its account's shard, and removes the letter once the event is
 * there. Safe to repeat, also after a crash between the two: the event is then a duplicate.
 *
 * @param source the shard that the letter lies on; another one than the account's after a move
 * @throws StoreUnavailable when PostgreSQL is away
 */
export async function replayDeadLetter(
  shards: ShardMap,
  source: Shard,
  letter: DeadLetter,
): Promise<ReplayOutcome> {
  if (isUnreadable(letter)) return { kind: 'unreadable' };
  const { accountId, eventId, row } = letter;
  const target = shards.forAccount(accountId);
  const { stored, dead } = await storeBatch(target, row, replayPolicy);
  const [death] = dead;
  // An event that died again has a letter on its account's shard; only a copy elsewhere is in the way.
  if (!death || source !== target) await removeDeadLetter(source.pool, accountId, eventId);
  if (death) {
    const again = await findDeadLetter(target.pool, accountId, eventId);
    return { kind: 'dead', sqlstate: death.sqlstate, message: again?.message ?? letter.message };
  }
  return { kind: stored.length > 0 ? 'stored' : 'duplicate' };
}

/**
 * Tries the very statement of a replay and rolls it back, so that it tells the truth and leaves
 * nothing behind.
 *
 * @throws the error of PostgreSQL when it is away
 */
export async function rehearseReplay(shards: ShardMap, letter: DeadLetter): Promise<ReplayOutcome> {
  if (isUnreadable(letter)) return { kind: 'unreadable' };
  const { pool } = shards.forAccount(letter.accountId);
  try {
    const stored = await rehearse(pool, (attempt) => attempt(letter.row));
    return { kind: stored.length > 0 ? 'stored' : 'duplicate' };
  } catch (error) {
    if (ruleFor(error).alone !== 'dead') throw error;
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'dead', sqlstate: sqlstateOf(error), message };
  }
}

/** A row that is not even JSON cannot be an event either; PostgreSQL's answer would not say so. */
function isUnreadable({ reason, row }: DeadLetter): boolean {
  if (reason === unreadableReason) return true;
  try {
    JSON.parse(row);
    return false;
  } catch {
    return true;
  }
}
