import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { CliError } from '../lib/cli-error.ts';
import { describeError } from '../lib/explain-error.ts';

export interface QueuePlace {
  redisUrl: string;
  prefix: string;
  queue: string;
}

const timeoutMs = 3_000;

/**
 * Lets workers take no further jobs, or take them again. What they hold they finish.
 *
 * @returns how many jobs wait
 * @throws CliError when Redis does not answer
 */
export async function setPaused(place: QueuePlace, isPaused: boolean): Promise<number> {
  const redis = new Redis(place.redisUrl, {
    lazyConnect: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // The error of connect() says nothing of the cause; this one does.
  let cause: unknown;
  redis.on('error', (error: Error) => (cause = error));
  try {
    await redis.connect();
    const queue = new Queue(place.queue, { connection: redis, prefix: place.prefix });
    await (isPaused ? queue.pause() : queue.resume());
    const waiting = await queue.getJobCountByTypes('wait', 'prioritized');
    await queue.close();
    return waiting;
  } catch (error) {
    throw new CliError(
      `Redis does not answer as it should (${describeError(cause ?? error).what}): nothing is changed.`,
      { cause: error },
    );
  } finally {
    redis.disconnect();
  }
}
