import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { eventRows, jobText } from '@event-platform/testkit/harness/sample-events';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/testkit/harness/test-database';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { readableFormats } from '@event-platform/core/event/job-formats';
import { createLogger } from '@event-platform/core/platform/logger';
import { QueueEvents } from 'bullmq';
import { Registry } from 'prom-client';
import { createLiveness } from '../ops/liveness.ts';
import { createWorkerMetrics } from '../ops/worker-metrics.ts';
import { nothingAmiss, WorkerHarness } from '../testing/worker-harness.ts';
import { createJobSlots } from './job-slots.ts';
import { createProcessJob } from './process-job.ts';
import { createReturnNewerJob } from './return-newer-job.ts';

let database: TestDatabase;
const corner = testRedis();
let harness: WorkerHarness;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(() => {
  harness = new WorkerHarness({
    postgresUrl: database.url,
    redisUrl: corner.url,
    prefix: corner.prefix,
  });
});
afterEach(async () => {
  await harness.close();
  await corner.cleanup();
});
afterAll(() => database.drop());

/** How many sessions wait for a lock inside a statement of the worker. */
async function waitingWrites(): Promise<number> {
  const { rows } = await harness.pool.query<{ count: number }>(
    `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
       AND application_name = 'event-platform-worker' AND wait_event_type = 'Lock'`,
  );
  return rows[0]?.count ?? 0;
}

test('a job is completed only after the COMMIT that holds its events', async () => {
  const release = await harness.blockWrites();
  await harness.startWorker();
  const jobs = Array.from({ length: 10 }, () => eventRows(5));
  await harness.add(jobs);
  await eventually(async () => {
    expect(await harness.jobCounts()).toMatchObject({ active: 10 });
    expect(await waitingWrites()).toBeGreaterThan(0);
  });
  // Everything but the COMMIT has happened.
  expect(await harness.redis.get(harness.keys.pending)).toBe('50');
  await release();
  await eventually(async () => (await harness.jobsLeft()) === 0);
  expect(await harness.amiss(jobs)).toEqual(nothingAmiss);
});

test('whenever a job is seen completed, its events are there', async () => {
  const connection = { url: corner.url };
  const events = new QueueEvents('events', { connection, prefix: corner.prefix });
  await events.waitUntilReady();
  const jobs = Array.from({ length: 40 }, () => eventRows(3));
  const found: Promise<number | null>[] = [];
  events.on('completed', () => {
    const query = harness.pool.query('SELECT FROM events');
    found.push(query.then((result) => result.rowCount));
  });
  await harness.startWorker({ BATCH_EVENTS: '10', BATCH_AGE_MS: '0' });
  await harness.add(jobs);
  await eventually(() => found.length === jobs.length);
  const counts = await Promise.all(found);
  counts.forEach((stored, completed) => {
    expect(stored).toBeGreaterThanOrEqual(3 * (completed + 1));
  });
  await events.close();
});

test('a job that failed once goes ahead of those that came later', async () => {
  await harness.addTexts([jobText(eventRows(1)).replace('"v":2', '"v":3')]);
  const worker = await harness.startWorker();
  await eventually(async () => expect(await harness.jobCounts()).toMatchObject({ prioritized: 0 }));
  await worker.stop();
  const [job] = await harness.queue.getJobs(['wait', 'delayed', 'failed']);
  expect(job?.priority).toBe(0);
});

test('a job that cannot even be put back fails with what was wrong with it', async () => {
  await harness.addTexts(['no job']);
  const [job] = await harness.queue.getJobs(['prioritized']);
  if (!job) throw new Error('The job is not there');
  await job.remove();
  const processJob = createProcessJob({
    writer: { write: () => Promise.resolve(), close: () => Promise.resolve() },
    metrics: createWorkerMetrics(new Registry(), 1, Date.now),
    liveness: createLiveness(60_000, Date.now),
    slots: createJobSlots({
      max: { events: 1, bytes: 1 },
      minJobs: 1,
      maxJobs: 1,
      setSlots: () => undefined,
    }),
    logger: createLogger('worker', 'silent'),
    classOf: () => 'standard',
    formats: readableFormats,
    returnNewerJob: createReturnNewerJob(createLogger('worker', 'silent'), () => undefined),
    giveUp: new AbortController().signal,
    onDone: () => undefined,
  });
  await expect(processJob(job)).rejects.toThrow('The job is of no known version');
});
