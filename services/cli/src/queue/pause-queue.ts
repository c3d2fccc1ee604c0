import { Queue } from 'bullmq';
import { CliError } from '../lib/cli-error.ts';
import { describeError } from '../lib/explain-error.ts';
import { withRedis } from '../lib/with-redis.ts';

export interface QueuePlace {
  redisUrl: string;
  prefix: string;
  queue: string;
}

/**
 * Lets workers take no further jobs, or take them again. They finish the jobs that they hold.
 *
 * @returns how many jobs wait
 * @throws CliError when Redis does not answer
 */
export async function setPaused(place: QueuePlace, isPaused: boolean): Promise<number> {
  try {
    return await withRedis(place.redisUrl, async (redis) => {
      const queue = new Queue(place.queue, { connection: redis, prefix: place.prefix });
      await (isPaused ? queue.pause() : queue.resume());
      const waiting = await queue.getJobCountByTypes('wait', 'prioritized');
      await queue.close();
      return waiting;
    });
  } catch (error) {
    throw new CliError(
      `Redis does not answer (${describeError(error).what}): nothing has changed.`,
      { cause: error },
    );
  }
}
