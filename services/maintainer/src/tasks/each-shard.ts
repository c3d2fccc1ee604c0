import type { Logger } from '@event-platform/core/platform/logger';
import type { Shard } from '@event-platform/core/storage/placement/shards';

export interface EachShardOptions {
  logger: Logger;
  /** Name of the task, for the log. */
  task: string;
  /** Shards on which the task fails; kept by the caller from run to run, so that only changes are logged. */
  failing: Set<string>;
}

/**
 * Does a task's work on all shards at once. A shard that fails stops none of the others.
 *
 * @returns the results in the order of the shards; undefined for a shard that failed
 */
export function eachShard<T>(
  shards: readonly Shard[],
  work: (shard: Shard, index: number) => Promise<T>,
  { logger, task, failing }: EachShardOptions,
): Promise<(T | undefined)[]> {
  return Promise.all(
    shards.map(async (shard, index) => {
      try {
        const result = await work(shard, index);
        if (failing.delete(shard.name)) {
          logger.info({ task, shard: shard.name }, 'the task works on the shard again');
        }
        return result;
      } catch (error) {
        if (!failing.has(shard.name)) {
          logger.warn({ err: error, task, shard: shard.name }, 'the task fails on a shard');
        }
        failing.add(shard.name);
        return undefined;
      }
    }),
  );
}
