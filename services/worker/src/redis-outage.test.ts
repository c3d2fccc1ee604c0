import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { startOwnRedis, type OwnServer } from '@event-platform/testkit/harness/own-servers';
import { eventRows, rollUps } from '@event-platform/testkit/harness/sample-events';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/testkit/harness/test-database';
import { ServiceProcesses } from '@event-platform/testkit/harness/service-processes';
import { startWorkerProcess } from './testing/worker-process.ts';
import { nothingAmiss, WorkerHarness } from './testing/worker-harness.ts';

let redis: OwnServer;
let database: TestDatabase;
let harness: WorkerHarness;
beforeAll(async () => {
  [redis, database] = await Promise.all([
    startOwnRedis({ appendfsync: 'always' }),
    createTestDatabase(),
  ]);
});
beforeEach(() => {
  harness = new WorkerHarness({ postgresUrl: database.url, redisUrl: redis.url, prefix: '{ep}' });
});
afterEach(async () => {
  await harness.redis.flushall();
  await harness.close();
});
afterAll(async () => {
  await redis.remove();
  await database.drop();
});

const manyJobs = (count: number) => Array.from({ length: count }, () => eventRows(5));
const allDone = () =>
  eventually(async () => (await harness.jobsLeft()) === 0, { timeoutMs: 40_000 });

/** Stops Redis under a worker that holds jobs, and expects it to go on by itself afterwards. */
async function outage(durationMs: number): Promise<void> {
  await harness.startWorker({ CONCURRENCY: '20', BATCH_EVENTS: '50' });
  const release = await harness.blockWrites();
  const before = manyJobs(50);
  await harness.add(before);
  await eventually(async () => expect(await harness.jobCounts()).toMatchObject({ active: 20 }));
  await redis.stop();
  // The COMMIT happens while Redis cannot be notified of it.
  await release();
  await eventually(async () => (await harness.storedCount()) >= 100);
  await sleep(durationMs);
  await redis.start();
  const after = manyJobs(20);
  await harness.add(after);
  await allDone();
  expect(await harness.amiss([...before, ...after])).toEqual(nothingAmiss);
  expect(await harness.deadLetters()).toEqual([]);
  const { kept, counted } = await rollUps(harness.pool);
  expect(kept).toEqual(counted);
}

test('after 5 s without Redis a worker resumes by itself, and every event is stored once', () =>
  outage(5_000));

test('after 20 s without Redis, locks long gone, it still does (slow)', () => outage(20_000));

// Versions of BullMQ before 6.3.3 did not survive this one.
test('after 60 s without Redis it still does (very slow)', () => outage(60_000), 120_000);

test('a Redis that is killed and comes back with its data loses no event', async () => {
  await harness.startWorker({ BATCH_EVENTS: '20' });
  const jobs = manyJobs(400);
  await harness.add(jobs);
  await redis.kill('SIGKILL');
  await redis.start();
  await allDone();
  expect(await harness.amiss(jobs)).toEqual(nothingAmiss);
});

test('a worker that starts without Redis is live, not ready, and goes to work when Redis comes', async () => {
  const jobs = manyJobs(5);
  await harness.add(jobs);
  await redis.stop();
  const { port } = await harness.startWorker();
  const statusOf = async (path: string) =>
    (await fetch(`http://127.0.0.1:${port}/healthz/${path}`)).status;
  expect([await statusOf('live'), await statusOf('ready')]).toEqual([200, 503]);
  await redis.start();
  await allDone();
  await eventually(async () => expect(await statusOf('ready')).toBe(200));
  expect(await harness.amiss(jobs)).toEqual(nothingAmiss);
});

test('a worker that is stopped while Redis is down ends within its deadline', async () => {
  const processes = new ServiceProcesses();
  const child = startWorkerProcess(processes, { ...harness.env, SHUTDOWN_DEADLINE_MS: '3000' });
  await harness.add(manyJobs(1));
  await allDone();
  await redis.stop();
  // It may have to be cut short, but it never has to be killed.
  expect([0, 1]).toContain(await processes.end(child, 'SIGTERM'));
  await redis.start();
});
