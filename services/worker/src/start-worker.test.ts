import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { setAccountPolicy } from '@event-platform/core/storage/accounts/account-policies';
import { eventually } from '@event-platform/testkit/harness/eventually';
import {
  eventRow,
  eventRows,
  jobText,
  rollUps,
} from '@event-platform/testkit/harness/sample-events';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/testkit/harness/test-database';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { nothingAmiss, WorkerHarness } from './testing/worker-harness.ts';

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

const allDone = () => eventually(async () => (await harness.jobsLeft()) === 0);

test('jobs are stored once each, completed, and their ids are no longer pending', async () => {
  const jobs = Array.from({ length: 60 }, (_, index) => eventRows(1 + (index % 40)));
  await harness.add(jobs);
  await harness.startWorker();
  await allDone();
  expect(await harness.amiss(jobs)).toEqual(nothingAmiss);
  const { kept, counted } = await rollUps(harness.pool);
  expect(kept).toEqual(counted);
  await eventually(async () => expect(await harness.redis.get(harness.keys.pending)).toBe('0'));
  const [first] = jobs.flat();
  expect(await harness.pendingIds.has(first?.account_id ?? '', first?.event_id ?? '')).toBe(false);
});

test('several workers share a queue and store each event once, duplicates included', async () => {
  await Promise.all([harness.startWorker(), harness.startWorker({ BATCH_EVENTS: '50' })]);
  const jobs = Array.from({ length: 100 }, () => eventRows(10));
  await harness.add([...jobs, ...jobs.toReversed()]);
  await allDone();
  expect(await harness.amiss(jobs)).toEqual(nothingAmiss);
  const { kept, counted } = await rollUps(harness.pool);
  expect(kept).toEqual(counted);
});

test('one poisonous event in the middle of a load dies alone', async () => {
  const jobs = Array.from({ length: 30 }, () => eventRows(20));
  const poison = eventRow({ type: 't'.repeat(60) });
  await harness.add([...jobs.slice(0, 15), [poison], ...jobs.slice(15)]);
  await harness.startWorker();
  await allDone();
  expect(await harness.amiss(jobs)).toEqual(nothingAmiss);
  expect(await harness.deadLetters()).toMatchObject([
    { event_id: poison.event_id, reason: 'data_error' },
  ]);
});

test('jobs that cannot be read fail, and the jobs beside them are stored', async () => {
  const jobs = Array.from({ length: 10 }, () => eventRows(5));
  const good = jobText(eventRows(1));
  const unreadable = ['{}', 'null', '"text"', good.replace('"v":2', '"v":3'), good.slice(0, -9)];
  unreadable.push(`${good}\nnull`, `${good}\na\tb`);
  await harness.add(jobs);
  await harness.addTexts(unreadable);
  await harness.startWorker();
  await eventually(async () => {
    expect(await harness.queue.getFailedCount()).toBe(unreadable.length);
    expect(await harness.jobsLeft()).toBe(unreadable.length);
  });
  expect(await harness.amiss(jobs)).toEqual(nothingAmiss);
  const failed = await harness.queue.getFailed();
  expect(failed.map(({ data }) => data).sort()).toEqual(unreadable.sort());
  await harness.queue.obliterate({ force: true });
});

test('accounts called like a property of every object are stored like others', async () => {
  const jobs = ['constructor', '__proto__', 'toString'].map((a) => eventRows(2, { account_id: a }));
  await harness.add(jobs);
  await harness.startWorker();
  await allDone();
  expect(await harness.amiss(jobs)).toEqual(nothingAmiss);
});

test('health, readiness and metrics show what the worker does', async () => {
  const { port } = await harness.startWorker();
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, body: await response.text() };
  };
  await harness.add([eventRows(3, { account_id: 'metered', type: 'click' })]);
  await allDone();
  expect(await get('/healthz/live')).toMatchObject({ status: 200 });
  await eventually(async () => expect((await get('/healthz/ready')).status).toBe(200));
  expect((await get('/nothing')).status).toBe(404);
  const { body } = await get('/metrics');
  expect(body).toMatch(/^events_ingested_total\{.*account_id="metered".*type="click".*\} 3$/m);
  expect(body).toMatch(/^events_stored_total(\{.*\})? 3$/m);
});

test('how long jobs waited and when they were stored is measured by class of the account', async () => {
  await setAccountPolicy(harness.pool, {
    accountId: 'whale',
    eventsPerMinute: null,
    maxPendingEvents: null,
    weight: 2,
  });
  const { port } = await harness.startWorker();
  // The class is read beside the work, so the first jobs may be called standard.
  await eventually(async () => {
    await harness.add([[eventRow({ account_id: 'whale' })], [eventRow({ account_id: 'minnow' })]]);
    await allDone();
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    for (const name of ['event_queue_latency_seconds', 'event_freshness_seconds']) {
      for (const accountClass of ['standard', 'raised']) {
        expect(text).toMatch(
          new RegExp(`${name}_count{[^}]*account_class="${accountClass}"[^}]*} [1-9]`),
        );
      }
    }
  });
  await harness.pool.query('TRUNCATE account_policies');
});

test('with 10,000 accounts of the longest names /metrics stays below 500 kB', async () => {
  const { port } = await harness.startWorker();
  const account = (number: number) => `account-${number}-`.padEnd(255, 'x');
  await harness.add(
    Array.from({ length: 100 }, (_, job) =>
      Array.from({ length: 100 }, (__, row) => eventRow({ account_id: account(job * 100 + row) })),
    ),
  );
  await allDone();
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(text).toMatch(/^events_stored_total(\{.*\})? 10000$/m);
  expect(Buffer.byteLength(text)).toBeLessThan(500_000);
});

test('of large jobs a worker holds no more than its writers and the next batch need', async () => {
  const release = await harness.blockWrites();
  // Two batches of 100: one that is written, one that waits.
  await harness.startWorker({ BATCH_EVENTS: '100', WRITERS: '1', CONCURRENCY: '200' });
  const jobs = Array.from({ length: 30 }, () => eventRows(50));
  await harness.add(jobs);
  const active = async () => (await harness.jobCounts())['active'];
  await eventually(async () => expect(await active()).toBe(4));
  // Nothing can be stored, so a worker that would take more takes it now.
  for (let readNow = 0; readNow < 50; readNow++) expect(await active()).toBe(4);
  await release();
  await allDone();
  expect(await harness.amiss(jobs)).toEqual(nothingAmiss);
});
