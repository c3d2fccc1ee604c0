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

/** The job that a worker takes in one attempt; undefined: none. */
async function taken(): Promise<unknown> {
  const options = { connection: redis, prefix: corner.prefix, drainDelay: 0.01 };
  const worker = new Worker('events', null, options);
  const job: unknown = await worker.getNextJob('test', { block: false });
  await worker.close();
  return job;
}

describe('ep queue', () => {
  test('pause lets no worker take a job, can be repeated, and leaves the jobs where they are', async () => {
    for (let time = 0; time < 2; time++) {
      const { code, stdout } = await ep('pause');
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: expect.stringMatching(/^The queue events is paused: 2 jobs wait\.\n/),
      });
      expect(stdout).toContain(
        'kubectl -n "$NS" annotate scaledobject "$RELEASE-worker" autoscaling.keda.sh/paused-replicas=0 --overwrite',
      );
    }
    expect(await taken()).toBeUndefined();
    expect(await redis.zcard(`${corner.prefix}:events:prioritized`)).toBe(1);
  });

  test('status shows the jobs by state, and the pause', async () => {
    const { code, stdout } = await ep('status');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^queue +events, paused\nwaiting +2 jobs\n/),
    });
  });

  test('resume lets them take jobs again, and names the value that would hold the scaler again', async () => {
    const { code, stdout } = await ep('resume');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^The queue events is not paused: 2 jobs wait\.\n/);
    expect(stdout).toContain('autoscaling.keda.sh/paused-replicas- --overwrite');
    expect(stdout).toContain('keda.pausedReplicas');
    expect(await taken()).toMatchObject({ name: 'plain' });
  });

  test.each([['pause'], ['status']])('%s without Redis says so and ends with 1', async (action) => {
    const { code, stderr } = await runEp(['queue', action], { REDIS_URL: 'redis://127.0.0.1:1' });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringContaining('No server answers at 127.0.0.1:1'),
    });
  });
});
