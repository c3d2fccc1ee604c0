import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { runEp } from '@event-platform/testkit/client/run-ep';

const corner = testRedis();
let redis: Redis;
let queue: Queue;
beforeAll(async () => {
  redis = new Redis(corner.url, { maxRetriesPerRequest: null });
  queue = new Queue('events', { connection: redis, prefix: corner.prefix });
  await queue.add('plain', {});
  await queue.add('with a priority', {}, { priority: 3 });
});
afterAll(async () => {
  await queue.close();
  redis.disconnect();
  await corner.cleanup();
});

const ep = (action: string) =>
  runEp(['queue', action], { REDIS_URL: corner.url, REDIS_PREFIX: corner.prefix });

/** The job that a worker is given which looks once; undefined: none. */
async function taken(): Promise<unknown> {
  const options = { connection: redis, prefix: corner.prefix, drainDelay: 0.01 };
  const worker = new Worker('events', null, options);
  const job: unknown = await worker.getNextJob('test', { block: false });
  await worker.close();
  return job;
}

describe('ep queue', () => {
  test('pause lets no worker take a job, however often it is said, and leaves the jobs where they are', async () => {
    const said = {
      code: 0,
      stdout:
        'The queue events is paused: 2 jobs wait.\nIts scaler was not told: in a cluster, add --namespace.\n',
    };
    expect(await ep('pause')).toMatchObject(said);
    expect(await ep('pause')).toMatchObject(said);
    expect(await taken()).toBeUndefined();
    expect(await redis.zcard(`${corner.prefix}:events:prioritized`)).toBe(1);
  });

  test('resume lets them take jobs again', async () => {
    const { code, stdout } = await ep('resume');
    expect([code, stdout]).toEqual([0, 'The queue events goes on: 2 jobs wait.\n']);
    expect(await taken()).toMatchObject({ name: 'plain' });
  });

  test('without Redis says so and ends with 1', async () => {
    const { code, stderr } = await runEp(['queue', 'pause'], {
      REDIS_URL: 'redis://127.0.0.1:1',
    });
    expect(code).toBe(1);
    expect(stderr).toContain('Redis does not answer as it should');
  });
});
