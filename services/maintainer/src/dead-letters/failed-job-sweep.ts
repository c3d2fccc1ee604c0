import type { Redis } from 'ioredis';
import { readableFormats } from '@event-platform/core/event/job-formats';
import type { Logger } from '@event-platform/core/platform/logger';
import type { QueueKeys } from '@event-platform/core/platform/queue-names';
import { notifyWaiters } from '@event-platform/core/queue/commit-notifications';
import { PendingIds } from '@event-platform/core/queue/pending-ids';
import type { TextQueue } from '@event-platform/core/queue/text-job';
import { logDeadLetters } from '@event-platform/core/storage/dead-letters/log-dead-letters';
import type { ShardMap } from '@event-platform/core/storage/placement/shards';
import type { StoreMetrics } from '@event-platform/core/storage/write/store-metrics';
import { deadLetterFailedJobs } from './dead-letter-failed-jobs.ts';

export interface FailedJobSweepDependencies {
  queue: TextQueue;
  redis: Redis;
  keys: QueueKeys;
  shards: ShardMap;
  metrics: StoreMetrics;
  logger: Logger;
  /** Formats of jobs that it reads; fewer than all play an older build. */
  formats?: readonly number[];
}

/** Returns the task that removes failed jobs. It rejects when a job had to stay because of an error. */
export function createFailedJobSweep(
  dependencies: FailedJobSweepDependencies,
): () => Promise<boolean> {
  const { queue, redis, keys, shards, metrics, logger, formats = readableFormats } = dependencies;
  const pendingIds = new PendingIds(redis, keys);
  return async () => {
    await deadLetterFailedJobs({
      ...{ queue, shards, formats },
      onStored({ events }, outcome) {
        metrics.stored(events, outcome);
        logDeadLetters(logger, 'data_error', outcome.dead);
      },
      onDeadLettered(reason, newDeadLetters) {
        metrics.deadLettered(newDeadLetters.length, reason);
        logDeadLetters(logger, reason, newDeadLetters);
      },
      async onDone(job) {
        if (!job) return;
        await Promise.all([notifyWaiters(redis, keys, [job]), pendingIds.ack([job])]).catch(
          (error: unknown) => {
            logger.debug({ err: error }, 'pending ids were not removed; they expire');
          },
        );
      },
    });
    return true;
  };
}
