import type { Redis } from 'ioredis';
import { readLastRun } from '@event-platform/core/ledger/read-last-run';
import { reconcileShard } from '@event-platform/core/ledger/reconcile-shard';
import {
  createRedisViewer,
  finalAfterMs,
  type RedisView,
} from '@event-platform/core/ledger/redis-view';
import type { Logger } from '@event-platform/core/platform/logger';
import type { QueueKeys } from '@event-platform/core/platform/queue-names';
import { deleteAccepted } from '@event-platform/core/queue/accepted-counters';
import type { TextQueue } from '@event-platform/core/queue/text-job';
import type { Shard, ShardMap } from '@event-platform/core/storage/placement/shards';
import { eachShard } from '../tasks/each-shard.ts';

export interface LedgerReconcilerDependencies {
  shards: ShardMap;
  /** A client that fails at once while Redis is down. */
  redis: Redis;
  queue: Pick<TextQueue, 'toKey'>;
  keys: Pick<QueueKeys, 'accepted' | 'acceptedMinutes'>;
  logger: Logger;
  /** Pause between two runs. */
  everyMs: number;
  /** Clock in epoch milliseconds. */
  now: () => number;
}

const minuteMs = 60_000;

/** Reconciles the ledger of every shard. A shard that is down, or that hangs, delays none of the others. */
export class LedgerReconciler {
  private readonly dependencies: LedgerReconcilerDependencies;
  private readonly viewRedis: () => Promise<RedisView>;
  private readonly failing = new Set<string>();
  private isRedisDown = false;

  constructor(dependencies: LedgerReconcilerDependencies) {
    this.dependencies = dependencies;
    this.viewRedis = createRedisViewer(dependencies);
  }

  /**
   * Runs on each shard whose last run is as old as the interval.
   *
   * @returns whether Redis and every shard answered
   */
  async run(): Promise<boolean> {
    const last = await this.eachShard((shard) => this.readLast(shard));
    // All shards at once: a minute is deleted from Redis only after every shard has taken it over.
    const isDue = last.some((run) => run && run.ageMs >= 0.9 * this.dependencies.everyMs);
    if (!isDue) return last.every(Boolean);
    const view = await this.tryToViewRedis();
    const done = await this.eachShard(async (shard, index) => {
      const run = last[index];
      return run && (await this.runOnShard(shard, view, run.serial));
    });
    if (view && done.every(Boolean)) await this.deleteMinutes(view);
    return view !== undefined && done.every((isDone) => isDone !== undefined);
  }

  private eachShard<T>(work: (shard: Shard, index: number) => Promise<T>) {
    const { shards, logger } = this.dependencies;
    return eachShard(shards.all, work, { logger, failing: this.failing, task: 'ledger' });
  }

  private async readLast(shard: Shard): Promise<{ serial: number; ageMs: number }> {
    return (await readLastRun(shard)) ?? { serial: 0, ageMs: Infinity };
  }

  private async runOnShard(
    shard: Shard,
    view: RedisView | undefined,
    unlessAfter: number,
  ): Promise<boolean> {
    const { shards, now } = this.dependencies;
    const run = await reconcileShard(shard, { shards, view, unlessAfter, nowMs: now() });
    return run !== undefined;
  }

  private async tryToViewRedis(): Promise<RedisView | undefined> {
    const { logger } = this.dependencies;
    try {
      const view = await this.viewRedis();
      if (this.isRedisDown) logger.info('the ledger is reconciled with the queue again');
      this.isRedisDown = false;
      return view;
    } catch (error) {
      if (!this.isRedisDown) {
        logger.warn({ err: error }, 'the ledger is reconciled without the queue');
      }
      this.isRedisDown = true;
      return undefined;
    }
  }

  /** Deletes from Redis the minutes that are final: PostgreSQL has them. */
  private async deleteMinutes({ minutes }: RedisView): Promise<void> {
    const { redis, keys, now } = this.dependencies;
    const final = minutes.filter((minute) => (minute + 1) * minuteMs < now() - finalAfterMs);
    for (const minute of final) await deleteAccepted(redis, keys, minute).catch(() => undefined);
  }
}
