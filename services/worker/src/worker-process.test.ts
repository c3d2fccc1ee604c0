import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { applyLog } from '@event-platform/core/storage/ledger/ledger-audit';
import { storeEvents } from '@event-platform/core/storage/write/store-events';
import { eventually } from '@event-platform/testkit/harness/eventually';
import {
  eventRow,
  eventRows,
  rollUps,
  rowsJson,
} from '@event-platform/testkit/harness/sample-events';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/testkit/harness/test-database';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { ServiceProcesses } from '@event-platform/testkit/harness/service-processes';
import { startWorkerProcess } from './testing/worker-process.ts';
import { nothingAmiss, WorkerHarness } from './testing/worker-harness.ts';

// Whole processes, since SIGKILL and exit codes belong to processes.

let database: TestDatabase;
const corner = testRedis();
let harness: WorkerHarness;
const processes = new ServiceProcesses();
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
  await processes.endAll('SIGKILL');
  await harness.close();
  await corner.cleanup();
});
afterAll(() => database.drop());

const spawnWorker = (changes: Record<string, string> = {}) =>
  startWorkerProcess(processes, { ...harness.env, ...changes });
const end = (child: ChildProcess, signal: NodeJS.Signals) => processes.end(child, signal);

const manyJobs = (count: number) => Array.from({ length: count }, () => eventRows(10));
const held = (active: number) =>
  eventually(async () => expect(await harness.jobCounts()).toMatchObject({ active }));
const allDone = () =>
  eventually(async () => (await harness.jobsLeft()) === 0, { timeoutMs: 30_000 });

describe('a worker that is killed', () => {
  test('while it holds jobs is succeeded by another, twice on the same jobs, and they are stored once', async () => {
    const release = await harness.blockWrites();
    const jobs = manyJobs(10);
    await harness.add(jobs);
    for (let crash = 1; crash <= 2; crash++) {
      const victim = spawnWorker();
      await held(10);
      // Held by this one, not by the one before it.
      const starts = async () =>
        (await harness.queue.getActive()).map((job) => job.attemptsStarted);
      await eventually(async () => expect(await starts()).toEqual(jobs.map(() => crash)));
      await end(victim, 'SIGKILL');
    }
    spawnWorker();
    // The statements of the dead now commit, in a race with those of the living.
    await release();
    await allDone();
    expect(await harness.amiss(jobs)).toEqual(nothingAmiss);
    expect(await harness.deadLetters()).toEqual([]);
    const { kept, counted } = await rollUps(harness.pool);
    expect(kept).toEqual(counted);
  });

  test('in the middle of a load loses and doubles nothing', async () => {
    const jobs = manyJobs(500);
    await harness.add(jobs);
    const victim = spawnWorker({ BATCH_EVENTS: '20', CONCURRENCY: '20' });
    await eventually(async () => (await harness.storedCount()) > 0, { intervalMs: 1 });
    await end(victim, 'SIGKILL');
    spawnWorker();
    await allDone();
    expect(await harness.amiss(jobs)).toEqual(nothingAmiss);
    const { kept, counted } = await rollUps(harness.pool);
    expect(kept).toEqual(counted);
  });
});

test('a worker that is killed between two statements of one batch leaves nothing to be lost or doubled', async () => {
  // Each its own statement, fifteen or so in one slice; below the size from which COPY is tried.
  const rows = Array.from({ length: 40 }, () =>
    eventRow({ account_id: 'sliced', metadata: { filler: 'x'.repeat(64_000) } }),
  );
  await harness.add([rows]);
  // The last of them is being inserted by somebody who does not commit: the worker waits there.
  const holder = await harness.pool.connect();
  await holder.query('BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0');
  await storeEvents(holder, rowsJson(rows.slice(-1)));
  const victim = spawnWorker();
  await eventually(async () => (await harness.storedCount()) > 0);
  await end(victim, 'SIGKILL');
  const half = await harness.storedCount();
  expect(half).toBeLessThan(40);
  await holder.query('ROLLBACK');
  holder.release();
  spawnWorker();
  await allDone();
  expect(await harness.amiss([rows])).toEqual(nothingAmiss);
  const { kept, counted } = await rollUps(harness.pool);
  expect(kept).toEqual(counted);
  await applyLog(harness.pool);
  const ledger = await harness.pool.query(
    "SELECT sum(settled) AS settled, sum(stored) AS stored FROM ledger WHERE account_id = 'sliced'",
  );
  expect(ledger.rows.map(({ settled, stored }) => [Number(settled), Number(stored)])).toEqual([
    [40, 40],
  ]);
});

describe('a worker that is asked to end', () => {
  test('in the middle of a batch flushes it, removes its pending ids and exits with 0', async () => {
    const release = await harness.blockWrites();
    const jobs = manyJobs(40);
    await harness.add(jobs);
    const child = spawnWorker({ CONCURRENCY: '20' });
    await held(20);
    const exited = end(child, 'SIGTERM');
    await release();
    expect(await exited).toBe(0);
    const counts = await harness.jobCounts();
    expect(counts).toMatchObject({ active: 0, failed: 0, delayed: 0 });
    // What it did not take any more is untouched, what it took is stored.
    const left = (counts['wait'] ?? 0) + (counts['prioritized'] ?? 0);
    expect(await harness.storedCount()).toBe((40 - left) * 10);
    expect(await harness.redis.get(harness.keys.pending)).toBe(String(left * 10));
  });

  test('while it is idle exits with 0', async () => {
    const child = spawnWorker();
    await eventually(async () => (await harness.queue.getWorkersCount()) === 1);
    expect(await end(child, 'SIGTERM')).toBe(0);
  });
});

test('a configuration that cannot be used is reported in sentences, all at once, with exit code 2', async () => {
  const child = spawnWorker({ DATABASE_URL: '', CONCURRENCY: 'many' });
  let logged = '';
  child.stderr?.on('data', (chunk) => (logged += String(chunk)));
  const [code] = (await once(child, 'close')) as [number];
  expect(code).toBe(2);
  expect(logged).toMatch(/DATABASE_URL: is required/);
  expect(logged).toMatch(/CONCURRENCY: /);
});
