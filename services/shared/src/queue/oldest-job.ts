import type { Redis } from 'ioredis';
import type { TextQueue } from './text-job.ts';

/** A job that nobody has completed, in whatever state. */
interface OldestJob {
  id: string;
  /** When it was added, in epoch milliseconds. */
  addedAtMs: number;
}

/**
 * Finds the oldest job in the queue. In fair order that need not be the one at the head, so all ids
 * are looked at; but ids only grow, so while the oldest one of the last look is there, it is still
 * the oldest, and one command answers.
 *
 * @returns a function that resolves with the time at which the oldest job was added, in epoch
 *   milliseconds, or undefined when the queue is empty
 */
export function createOldestJobFinder(
  redis: Redis,
  queue: Pick<TextQueue, 'toKey'>,
): () => Promise<number | undefined> {
  let last: OldestJob | undefined;
  return async () => {
    if (last && (await redis.exists(queue.toKey(last.id)))) return last.addedAtMs;
    last = await findOldest(redis, queue);
    return last?.addedAtMs;
  };
}

async function findOldest(
  redis: Redis,
  queue: Pick<TextQueue, 'toKey'>,
): Promise<OldestJob | undefined> {
  // One transaction, or a job could change its state under our eyes and hide from both looks.
  const answers = await redis
    .multi()
    .lrange(queue.toKey('wait'), 0, -1)
    .lrange(queue.toKey('paused'), 0, -1)
    .lrange(queue.toKey('active'), 0, -1)
    .zrange(queue.toKey('prioritized'), 0, -1)
    .zrange(queue.toKey('delayed'), 0, -1)
    .zrange(queue.toKey('failed'), 0, -1)
    .exec();
  let oldest = Infinity;
  for (const [error, ids] of answers ?? []) {
    if (error) throw error;
    for (const id of ids as string[]) oldest = Math.min(oldest, Number(id) || Infinity);
  }
  if (oldest === Infinity) return undefined;
  const id = String(oldest);
  const addedAt = await redis.hget(queue.toKey(id), 'timestamp');
  // Completed in this moment: the next look finds the one after it.
  return addedAt === null ? findOldest(redis, queue) : { id, addedAtMs: Number(addedAt) };
}
