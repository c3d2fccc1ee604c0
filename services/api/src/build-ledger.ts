import type { Logger } from '@event-platform/core/platform/logger';
import type { Connections } from './config/connect.ts';
import { AcceptedCounts } from './ops/ledger/accepted-counts.ts';
import { registerLedgerMetrics } from './ops/ledger/ledger-metrics.ts';
import { LedgerRuns } from './ops/ledger/ledger-runs.ts';
import {
  createReconcileOnRequest,
  type ReconcileOnRequest,
} from './ops/ledger/reconcile-on-request.ts';

/** The api's part of the ledger: it counts accepted events, and reports. */
export interface LedgerParts {
  counts: AcceptedCounts;
  reconcile: ReconcileOnRequest;
  start: () => void;
  /** Writes the last counts. */
  stop: () => Promise<void>;
}

/** Builds the ledger of this process. */
export function buildLedger(
  { shards, redis, queue, keys, registry }: Connections,
  logger: Logger,
): LedgerParts {
  const now = Date.now;
  const counts = new AcceptedCounts(shards, logger, now);
  const runs = new LedgerRuns({ shards, logger, now });
  registerLedgerMetrics(registry, runs, now);
  return {
    counts,
    reconcile: createReconcileOnRequest({
      ...{ shards, redis, queue, keys, logger, now },
      onRun: (shard, run) => runs.learn(shard, run),
    }),
    start() {
      counts.start();
      runs.start();
    },
    async stop() {
      await Promise.all([counts.stop(), runs.stop()]);
    },
  };
}
