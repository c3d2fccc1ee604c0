import type { Logger } from '@event-platform/core/platform/logger';
import type { ApiConfig } from './config/config.ts';
import type { Connections } from './config/connect.ts';
import { AcceptedCounts } from './ops/ledger/accepted-counts.ts';
import { LedgerReconciler } from './ops/ledger/ledger-reconciler.ts';
import { registerLedgerMetrics } from './ops/ledger/ledger-metrics.ts';

/** What counts accepted events, and what holds them against the stored ones. */
export interface LedgerParts {
  counts: AcceptedCounts;
  reconciler: LedgerReconciler;
  start: () => void;
  /** Writes the last counts. */
  stop: () => Promise<void>;
}

/** Builds the ledger of this process. */
export function buildLedger(
  config: ApiConfig,
  { shards, redis, queue, keys, registry }: Connections,
  logger: Logger,
): LedgerParts {
  const counts = new AcceptedCounts(shards, logger, Date.now);
  const reconciler = new LedgerReconciler({
    shards,
    redis,
    queue,
    keys,
    logger,
    retentionDays: config.LEDGER_DAYS,
    now: Date.now,
  });
  registerLedgerMetrics(registry, reconciler, Date.now);
  return {
    counts,
    reconciler,
    start() {
      counts.start();
      reconciler.start();
    },
    async stop() {
      await Promise.all([counts.stop(), reconciler.stop()]);
    },
  };
}
