import type { Logger } from '@event-platform/core/platform/logger';
import { createStoreMetrics } from '@event-platform/core/storage/write/store-metrics';
import type { MaintainerConfig } from './config/config.ts';
import type { Connections } from './config/connect.ts';
import { createFailedJobSweep } from './dead-letters/failed-job-sweep.ts';
import { createExpiry } from './expiry/delete-expired-rows.ts';
import { LedgerReconciler } from './ledger/ledger-reconciler.ts';
import { UserRollUps } from './rollups/user-roll-ups.ts';
import { taskCatalogue } from './tasks/catalogue.ts';
import type { TaskRunnerOptions } from './tasks/task-runner.ts';

/** Builds one run of each task of the catalogue. */
export function buildTasks(
  config: MaintainerConfig,
  { shards, redis, queue, keys, registry }: Connections,
  logger: Logger,
): TaskRunnerOptions['tasks'] {
  const now = Date.now;
  const everyMs = taskCatalogue.ledger.everyMs;
  const reconciler = new LedgerReconciler({ shards, redis, queue, keys, logger, everyMs, now });
  const expire = createExpiry({ shards, logger, ledgerDays: config.LEDGER_DAYS, now });
  const sweep = createFailedJobSweep({
    ...{ queue, redis, keys, shards, logger },
    metrics: createStoreMetrics(registry, config.METRIC_ACCOUNTS),
  });
  const userRollUps = new UserRollUps({ shards, registry, logger, now });
  return {
    ledger: () => reconciler.run(),
    user_rollups: () => userRollUps.run(),
    dead_letters: sweep,
    expired_rows: expire,
  };
}
