import { inTransaction } from '../storage/session/in-transaction.ts';
import {
  audit,
  closeBalanced,
  applyLog,
  applySources,
  lockLedger,
  tryLockLedger,
} from '../storage/ledger/ledger-audit.ts';
import { readLedgerRun, writeLedgerRun, type LedgerRun } from '../storage/ledger/ledger-runs.ts';
import { writeSourceCounts } from '../storage/ledger/ledger-sources.ts';
import type { Shard, ShardMap } from '../storage/placement/shards.ts';
import { finalAfterMs, type RedisView } from './redis-view.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

export interface ReconcileOptions {
  shards: Pick<ShardMap, 'forAccount'>;
  /** Undefined while Redis does not answer. */
  view: RedisView | undefined;
  /**
   * Serial number of the last run that the caller has read (0: none yet). The run is skipped when another
   * process is at it, or has done one since. Undefined: wait for the lock, then run.
   */
  unlessAfter: number | undefined;
  /** Epoch milliseconds. */
  nowMs: number;
}

/**
 * Reconciles the ledger of one shard: takes over the counts of Redis, applies the log of the batches, closes
 * the minutes that balance, audits the others and records the result. All of it is one transaction: a crash
 * repeats the run, which changes nothing.
 *
 * @returns the result; undefined when the run was skipped
 * @throws the error of PostgreSQL
 */
export function reconcileShard(
  shard: Shard,
  { shards, view, unlessAfter, nowMs }: ReconcileOptions,
): Promise<LedgerRun | undefined> {
  const finalBefore = minuteBefore(nowMs - finalAfterMs);
  const isHere = ({ accountId }: { accountId: string }) => shards.forAccount(accountId) === shard;
  return inTransaction(shard.pool, async (session) => {
    // Two runs at once would take over the same minute twice.
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
