import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { defaultQueueName, defaultRedisPrefix } from '@event-platform/core/platform/queue-names';
import type { Scenario } from '../harness/scenario.ts';
import type { Harness } from '../harness/harness.ts';

/** What a job begins with, and what one of a build that is yet to come would begin with. */
const start = /^\{"v":(\d+),/;
const future = '{"v":99,';

/** By then five attempts of a job would be used up. */
const olderAloneMs = 30_000;
const storedLimitMs = 120_000;
const pollEveryMs = 500;

const queueKey = `${defaultRedisPrefix}:${defaultQueueName}`;

export const formats: Scenario[] = [
  {
    name: 'older-worker',
    faults:
      'for half a minute the jobs that wait are of a format that the worker is too old for; then one that reads them comes',
    async run(harness, { pause, complain }) {
      await harness.worker.slot.stop();
      await pause(1_500);
      const jobs = await harness.withRedis(makeFuture);
      if (jobs.size === 0) throw new Error('No job waited.');
      await harness.worker.slot.start();
      await pause(olderAloneMs);
      const left = await harness.withRedis((redis) => countOf(redis, jobs));
      if (left < jobs.size) {
        complain(`${jobs.size - left} of ${jobs.size} jobs of a newer format were given up`);
      }
      await harness.worker.slot.stop();
      await harness.withRedis((redis) => makePresent(redis, jobs));
      await harness.worker.slot.start();
      if (!(await areStored(harness, jobs))) {
        complain('jobs of a newer format were not stored once a worker read them');
      }
    },
  },
];

/** The key of each job with the start that it had. */
type Jobs = ReadonlyMap<string, string>;

async function makeFuture(redis: Redis): Promise<Jobs> {
  const ids = [
    ...(await redis.lrange(`${queueKey}:wait`, 0, -1)),
    ...(await redis.zrange(`${queueKey}:prioritized`, 0, -1)),
  ];
  const jobs = new Map<string, string>();
  for (const id of ids) {
    const key = `${queueKey}:${id}`;
    const data = (await redis.hget(key, 'data')) ?? '';
    const [now] = start.exec(data) ?? [];
    if (now === undefined) continue;
    await redis.hset(key, 'data', `${future}${data.slice(now.length)}`);
    jobs.set(key, now);
  }
  return jobs;
}

async function makePresent(redis: Redis, jobs: Jobs): Promise<void> {
  for (const [key, before] of jobs) {
    const data = await redis.hget(key, 'data');
    if (data === null) continue;
    await redis.hset(key, 'data', `${before}${data.slice(future.length)}`);
  }
}

/** Of jobs that wait, are delayed or in hand; one that was given up has failed, or is gone. */
async function countOf(redis: Redis, jobs: Jobs): Promise<number> {
  const failed = new Set(await redis.zrange(`${queueKey}:failed`, 0, -1));
  let count = 0;
  for (const key of jobs.keys()) {
    if (failed.has(key.slice(queueKey.length + 1))) continue;
    count += await redis.exists(key);
  }
  return count;
}

async function areStored(harness: Harness, jobs: Jobs): Promise<boolean> {
  const deadline = performance.now() + storedLimitMs;
  while (performance.now() < deadline) {
    if ((await harness.withRedis((redis) => countOf(redis, jobs)).catch(() => 1)) === 0)
      return true;
    await sleep(pollEveryMs);
  }
  return false;
}
