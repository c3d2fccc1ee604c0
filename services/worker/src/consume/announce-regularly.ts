import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { QueueKeys } from '@event-platform/core/platform/queue-names';
import type { Logger } from '@event-platform/core/platform/logger';
import { PeriodicTask } from '@event-platform/core/platform/periodic-task';
import {
  announceEveryMs,
  announceFormats,
  withdrawFormats,
} from '@event-platform/core/queue/worker-formats';

/** Repeats in Redis which job formats this worker reads. */
export interface Announcements {
  /** Starts. Redis down: the first announcement follows when it is back. */
  start: () => void;
  /** Takes the announcement back, if Redis is there. */
  stop: () => Promise<void>;
}

/** Builds the announcements of one worker; the api writes no format that a live worker does not read. */
export function announceRegularly(
  redis: Redis,
  keys: QueueKeys,
  formats: readonly number[],
  logger: Logger,
): Announcements {
  const worker = randomUUID();
  const task = new PeriodicTask(async () => {
    // A command would wait for Redis, and send an old announcement when it is back.
    if (redis.status !== 'ready') return;
    await announceFormats(redis, keys, worker, formats).catch((error: unknown) => {
      logger.debug({ err: error }, 'the formats of this worker were not announced');
    });
  }, announceEveryMs);
  const announce = () => void task.now();
  return {
    start() {
      task.start();
      redis.on('ready', announce);
      announce();
    },
    async stop() {
      redis.off('ready', announce);
      if (redis.status !== 'ready') return;
      await task.stop();
      await withdrawFormats(redis, keys, worker, formats).catch(() => undefined);
    },
  };
}
