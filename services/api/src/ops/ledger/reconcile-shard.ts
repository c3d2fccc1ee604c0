import { inTransaction } from '@event-platform/core/storage/session/in-transaction';
import {
  audit,
  closeBalanced,
  applyLog,
  applySources,
  lockLedger,
  tryLockLedger,
} from '@event-platform/core/storage/ledger/ledger-audit';
import {
  readLedgerRun,
  writeLedgerRun,
  type LedgerRun,
} from '@event-platform/core/storage/ledger/ledger-runs';
import { writeSourceCounts } from '@event-platform/core/storage/ledger/ledger-sources';
import type { Shard, ShardMap } from '@event-platform/core/storage/placement/shards';
import { finalAfterMs, type RedisView } from './redis-view.ts';

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
): Promise<LedgerRun | undefined> {
  const finalBefore = minuteBefore(nowMs - finalAfterMs);
  const isHere = ({ accountId }: { accountId: string }) => shards.forAccount(accountId) === shard;
  return inTransaction(shard.pool, async (session) => {
    // Two at once would take over the same minute twice.
    if (unlessAfter === undefined) await lockLedger(session);
    else if (!(await tryLockLedger(session))) return undefined;
    else if (((await readLedgerRun(session))?.serial ?? 0) !== unlessAfter) return undefined;
    await applyLog(session);
    if (view) {
      await writeSourceCounts(session, 'queued', view.counts.filter(isHere));
      await applySources(session, finalBefore, view.minutes);
    }
    await closeBalanced(session, finalBefore);
    const lostBefore = view ? minuteBefore(view.closedBeforeMs) : new Date(0);
    const held = view?.held.filter(isHere) ?? [];
    const found = await audit(session, lostBefore, finalBefore, new Date(nowMs - dayMs), held);
    await writeLedgerRun(session, found, view !== undefined);
    return readLedgerRun(session);
  });
}

/** The start of the first minute that is not wholly before an instant. */
export function minuteBefore(instantMs: number): Date {
  return new Date(Math.floor(instantMs / minuteMs) * minuteMs);
}
