import { setTimeout as sleep } from 'node:timers/promises';
import { defaultQueueName, defaultRedisPrefix } from '@event-platform/core/platform/queue-names';
import { TextQueue } from '@event-platform/core/queue/text-job';
import type { Harness } from '../harness/harness.ts';

const pollEveryMs = 100;
const waitLimitMs = 60_000;

/**
 * Keeps every write to events waiting while something is done, so that workers have jobs in hand for
 * as long as a scenario needs them to. Releases them also when that fails, or the platform could not be stopped.
 */
export async function whileWritesWait<T>(harness: Harness, work: () => Promise<T>): Promise<T> {
  const holder = await harness.pool.connect();
  try {
    await holder.query('BEGIN');
    await holder.query('SET LOCAL idle_in_transaction_session_timeout = 0');
    await holder.query('LOCK TABLE events IN EXCLUSIVE MODE');
    return await work();
  } finally {
    // A connection that ends in the middle of a transaction rolls it back.
    holder.release(true);
  }
}

/** A job that a worker has taken. */
export interface JobInHand {
  id: string;
  /** How often it was taken, by whichever worker. */
  starts: number;
}

/**
 * Waits until some job in hand is as wanted.
 *
 * @throws Error when none is within a minute
 */
export async function untilInHand(
  harness: Harness,
  isWanted: (job: JobInHand) => boolean,
): Promise<JobInHand> {
  const deadline = performance.now() + waitLimitMs;
  for (;;) {
    const jobs = await jobsInHand(harness).catch(() => []);
    const found = jobs.find(isWanted);
    if (found) return found;
    if (performance.now() > deadline) throw new Error('No worker took the job in time.');
    await sleep(pollEveryMs);
  }
}

async function jobsInHand(harness: Harness): Promise<JobInHand[]> {
  return harness.withRedis(async (redis) => {
    const queue = new TextQueue(defaultQueueName, {
      connection: redis,
      prefix: defaultRedisPrefix,
    });
    queue.on('error', () => undefined);
    const jobs = await queue.getActive(0, 500);
    await queue.close();
    return jobs.map((job) => ({ id: job.id ?? '', starts: job.attemptsStarted }));
  });
}

/**
 * Waits until every worker has a job in hand, so that whichever is hurt has something to lose.
 *
 * @throws Error when one has none within a minute
 */
export async function untilAllHold(harness: Harness): Promise<void> {
  const deadline = performance.now() + waitLimitMs;
  while ((await holders(harness).catch(() => 0)) < harness.workers.length) {
    if (performance.now() > deadline) throw new Error('A worker has taken no job in time.');
    await sleep(pollEveryMs);
  }
}

/** How many workers hold a job: a lock begins with the name of its owner. */
async function holders(harness: Harness): Promise<number> {
  const locks = lockKeys(await jobsInHand(harness));
  const tokens = locks.length > 0 ? await harness.withRedis((redis) => redis.mget(locks)) : [];
  return new Set(tokens.flatMap((token) => token?.split(':')[0] ?? [])).size;
}

/** Removes the locks of every active job, as a jump of Redis' clock would. */
export async function dropLocks(harness: Harness): Promise<void> {
  const locks = lockKeys(await jobsInHand(harness));
  if (locks.length > 0) await harness.withRedis((redis) => redis.del(...locks));
}

function lockKeys(jobs: readonly JobInHand[]): string[] {
  return jobs.map(({ id }) => `${defaultRedisPrefix}:${defaultQueueName}:${id}:lock`);
}
