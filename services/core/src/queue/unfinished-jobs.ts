import type { Redis } from 'ioredis';
import type { TextQueue } from './text-job.ts';

/** Ids of all jobs that are not completed, in whatever state, in the order in which they were added. */
export async function unfinishedJobIds(
  redis: Redis,
  queue: Pick<TextQueue, 'toKey'>,
): Promise<string[]> {
  // One transaction: between two reads a job could change its state and be missed by both.
  const states = await redis
    .multi()
    .lrange(queue.toKey('wait'), 0, -1)
    .lrange(queue.toKey('paused'), 0, -1)
    .lrange(queue.toKey('active'), 0, -1)
    .zrange(queue.toKey('prioritized'), 0, -1)
    .zrange(queue.toKey('delayed'), 0, -1)
    .zrange(queue.toKey('failed'), 0, -1)
    .exec();
  return (valuesOf(states) as string[][])
    .flat()
    .filter((id) => Number(id) > 0)
    .sort((a, b) => Number(a) - Number(b));
}

/**
 * What the commands of a pipeline answered.
 *
 * @throws the first error among them; Error when nothing was executed, which is not "no jobs"
 */
export function valuesOf(answers: [Error | null, unknown][] | null): unknown[] {
  if (answers === null) throw new Error('Redis did not execute the transaction');
  return answers.map(([error, value]) => {
    if (error) throw error;
    return value;
  });
}
