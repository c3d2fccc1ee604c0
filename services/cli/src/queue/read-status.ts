import { Queue } from 'bullmq';
import { readQueue, type QueueReading } from '@event-platform/api/ops/queue-reading';
import { queueKeys } from '@event-platform/core/platform/queue-names';
import { CliError } from '../lib/cli-error.ts';
import { describeError } from '../lib/explain-error.ts';
import { formatCount } from '../lib/table.ts';
import { withRedis } from '../lib/with-redis.ts';
import type { QueuePlace } from './pause-queue.ts';

/**
 * Reads the state of the queue; nothing is changed.
 *
 * @param nowMs clock in epoch milliseconds
 * @throws CliError when Redis does not answer
 */
export async function readStatus(place: QueuePlace, nowMs: number): Promise<QueueReading> {
  try {
    return await withRedis(place.redisUrl, async (redis) => {
      const queue = new Queue(place.queue, { connection: redis, prefix: place.prefix });
      try {
        return await readQueue(redis, queue, queueKeys(place.prefix, place.queue), nowMs);
      } finally {
        await queue.close();
      }
    });
  } catch (error) {
    throw new CliError(`The queue cannot be read (${describeError(error).what}).`, {
      cause: error,
    });
  }
}

/** The state of a queue as lines `name  value`. Pure. */
export function formatStatus(queue: string, reading: QueueReading): string {
  const { jobs, isPaused, pendingEvents, headAgeSeconds, heldSeconds } = reading;
  const rows: [string, string][] = [
    ['queue', `${queue}, ${isPaused ? 'paused' : 'not paused'}`],
    ['waiting', `${formatCount(jobs.wait + jobs.prioritized)} jobs`],
    ['active', `${formatCount(jobs.active)} jobs`],
    ['delayed', `${formatCount(jobs.delayed)} jobs`],
    ['failed', `${formatCount(jobs.failed)} jobs`],
    ['pending', `${formatCount(pendingEvents)} events`],
    ['next job', `${headAgeSeconds.toFixed(1)} s old`],
    ['oldest active job', `held for ${heldSeconds.toFixed(1)} s`],
  ];
  return rows.map(([name, value]) => `${name.padEnd(17)}  ${value}`).join('\n');
}
