import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import {
  defaultQueueName,
  defaultRedisPrefix,
  queueKeys,
} from '@event-platform/core/platform/queue-names';

const pollEveryMs = 10;
const keys = queueKeys(defaultRedisPrefix, defaultQueueName);

/**
 * Waits until the queue holds no job, not even one that a worker holds. Rows alone do not show it:
 * duplicates that still wait would be stored as new once the tables are emptied.
 *
 * @throws Error when jobs remain after `timeoutMs`
 */
export async function untilDrained(redis: Redis, timeoutMs: number): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const [prioritized, delayed, wait, active] = await Promise.all([
      redis.zcard(keys.prioritized),
      redis.zcard(keys.delayed),
      redis.llen(keys.wait),
      redis.llen(keys.active),
    ]);
    const jobs = prioritized + delayed + wait + active;
    if (jobs === 0) return;
    if (performance.now() > deadlineMs) throw new Error(`${jobs} jobs are still in the queue.`);
    await sleep(pollEveryMs);
  }
}

/** Events that are accepted and not yet stored, as the api's admission counts them. */
export async function waitingEvents(redis: Redis): Promise<number> {
  return Number(await redis.get(keys.pending));
}
