import { reconcileShard } from '@event-platform/core/ledger/reconcile-shard';
import {
  createRedisViewer,
  type RedisView,
  type RedisViewDependencies,
} from '@event-platform/core/ledger/redis-view';
import type { LedgerRun } from '@event-platform/core/storage/ledger/ledger-runs';
import type { Shard, ShardMap } from '@event-platform/core/storage/placement/shards';
import type { Logger } from '@event-platform/core/platform/logger';

export interface ReconcileOnRequestDependencies extends RedisViewDependencies {
  shards: Pick<ShardMap, 'forAccount'>;
  logger: Logger;
  /** Called with the result of each shard. */
  onRun: (shard: Shard, run: LedgerRun) => void;
}

/**
 * Reconciles some shards now, under the same lock as the maintainer.
 *
 * @returns the state of Redis; undefined when Redis did not answer
 * @throws the error of the first shard that failed
 */
export type ReconcileOnRequest = (shards: readonly Shard[]) => Promise<RedisView | undefined>;

/** Returns the function; requests for the same shards at the same time share one run. */
export function createReconcileOnRequest(
  dependencies: ReconcileOnRequestDependencies,
): ReconcileOnRequest {
  const { shards, logger, onRun, now } = dependencies;
  const viewRedis = createRedisViewer(dependencies);
  const running = new Map<string, Promise<RedisView | undefined>>();

  async function run(wanted: readonly Shard[]): Promise<RedisView | undefined> {
    const view = await viewRedis().catch((error: unknown) => {
      logger.warn({ err: error }, 'the ledger is reconciled without the queue');
      return undefined;
    });
    const options = { shards, view, unlessAfter: undefined, nowMs: now() };
    await Promise.all(
      wanted.map(async (shard) => {
        const run = await reconcileShard(shard, options);
        if (run) onRun(shard, run);
      }),
    );
    return view;
  }

  return (wanted) => {
    const key = JSON.stringify(wanted.map(({ name }) => name));
    const started = running.get(key) ?? run(wanted).finally(() => running.delete(key));
    running.set(key, started);
    return started;
  };
}
