import { inTransaction } from '@event-platform/core/storage/session/in-transaction';
import {
  audit,
  closeBalanced,
  foldLog,
  foldWitnesses,
  lockLedger,
  tryLockLedger,
} from '@event-platform/core/storage/ledger/ledger-audit';
import {
  readRound,
  writeRound,
  type LedgerRound,
} from '@event-platform/core/storage/ledger/ledger-rounds';
import { writeWitness } from '@event-platform/core/storage/ledger/ledger-witnesses';
import type { Shard, ShardMap } from '@event-platform/core/storage/placement/shards';
import { ripeAfterMs, type RedisView } from './redis-view.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

export interface RoundRequest {
  shards: Pick<ShardMap, 'forAccount'>;
  /** Undefined when Redis does not say: the rest of the ledger goes on without it. */
  view: RedisView | undefined;
  /**
   * Do a round only if nobody is doing one, and none was done since this one (0: before the first).
   * Undefined: do one in any case, when it is our turn.
   */
  unlessAfter: number | undefined;
  /** Epoch milliseconds. */
  nowMs: number;
}

/**
 * Does a round of the ledger on one shard: takes over what Redis counted, folds the log of the batches
 * into cells, closes what balances, audits the rest and writes down what it found. All in one
 * transaction, so that a crash repeats a round, which changes nothing.
 *
 * @returns what was found; undefined when the round is another process's
 * @throws the error of PostgreSQL
 */
export function reconcileShard(
  shard: Shard,
  { shards, view, unlessAfter, nowMs }: RoundRequest,
): Promise<LedgerRound | undefined> {
  const ripeBefore = minuteBefore(nowMs - ripeAfterMs);
  const isHere = ({ accountId }: { accountId: string }) => shards.forAccount(accountId) === shard;
  return inTransaction(shard.pool, async (session) => {
    // Two at once would take over the same minute twice.
    if (unlessAfter === undefined) await lockLedger(session);
    else if (!(await tryLockLedger(session))) return undefined;
    else if (((await readRound(session))?.serial ?? 0) !== unlessAfter) return undefined;
    await foldLog(session);
    if (view) {
      await writeWitness(session, 'queued', view.counts.filter(isHere));
      await foldWitnesses(session, ripeBefore, view.minutes);
    }
    await closeBalanced(session, ripeBefore);
    const lostBefore = view ? minuteBefore(view.closedBeforeMs) : new Date(0);
    const held = view?.held.filter(isHere) ?? [];
    const found = await audit(session, lostBefore, ripeBefore, new Date(nowMs - dayMs), held);
    await writeRound(session, found, view !== undefined);
    return readRound(session);
  });
}

/** The start of the first minute that is not wholly before an instant. */
export function minuteBefore(instantMs: number): Date {
  return new Date(Math.floor(instantMs / minuteMs) * minuteMs);
}
