import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { migrate } from '@event-platform/core/storage/migrate';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { startOwnPostgres, type OwnServer } from '@event-platform/testkit/harness/own-servers';
import { eventRow, eventRows, rollUps } from '@event-platform/testkit/harness/sample-events';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { ServiceProcesses } from '@event-platform/testkit/harness/service-processes';
import { startWorkerProcess } from './testing/worker-process.ts';
import { nothingAmiss, WorkerHarness } from './testing/worker-harness.ts';

let postgres: OwnServer;
const corner = testRedis();
let harness: WorkerHarness;
beforeAll(async () => {
  // Unlike the machine, a killed server keeps what it has written, if it writes before it answers.
  postgres = await startOwnPostgres({ synchronous_commit: 'on' });
  await migrate(postgres.url);
});
beforeEach(() => {
  harness = new WorkerHarness({
    postgresUrl: postgres.url,
    redisUrl: corner.url,
    prefix: corner.prefix,
  });
});
afterEach(async () => {
  await harness.close();
  await corner.cleanup();
});
afterAll(() => postgres.remove());

const manyJobs = (count = 100) => Array.from({ length: count }, () => eventRows(10));
const allDone = () =>
  eventually(async () => (await harness.jobsLeft()) === 0, { timeoutMs: 30_000 });
const held = (jobs: number) =>
  eventually(async () => expect(await harness.jobCounts()).toMatchObject({ active: jobs }));

test('while PostgreSQL is stopped jobs are held; when it is back they are stored, and none is dead', async () => {
  await harness.startWorker({ CONCURRENCY: '20' });
  await postgres.stop();
  const jobs = manyJobs();
  await harness.add(jobs);
  await held(20);
  // Longer than a lock: it is renewed, and the jobs do not count as those of a dead worker.
  await sleep(3_000);
  expect(await harness.jobCounts()).toMatchObject({
    active: 20,
    prioritized: 80,
    failed: 0,
    wait: 0,
  });
  await postgres.start();
  await allDone();
  expect(await harness.amiss(jobs)).toEqual(nothingAmiss);
  expect(await harness.deadLetters()).toEqual([]);
});

test('PostgreSQL may be restarted or killed in the middle of a load, and every event is stored once', async () => {
  await harness.startWorker({ BATCH_EVENTS: '50' });
  const jobs = manyJobs(600);
  const poison = eventRow({ type: 't'.repeat(60) });
  for (const [part, disturb] of [postgres.stop, () => postgres.kill('SIGKILL')].entries()) {
    const batch = jobs.slice(part * 300, (part + 1) * 300);
    await harness.add(part === 0 ? [...batch, [poison]] : batch);
    await eventually(async () => (await harness.storedCount()) > part * 3_000, {
      intervalMs: 1,
    });
    await disturb();
    await postgres.start();
    await allDone();
  }
  expect(await harness.amiss(jobs)).toEqual(nothingAmiss);
  expect(await harness.deadLetters()).toMatchObject([{ event_id: poison.event_id }]);
  const { kept, counted } = await rollUps(harness.pool);
  expect(kept).toEqual(counted);
});

test('a shutdown while PostgreSQL is down gives the jobs back: none dead, no attempt lost', async () => {
  const worker = await harness.startWorker({ SHUTDOWN_DEADLINE_MS: '4000', CONCURRENCY: '20' });
  await postgres.stop();
  const jobs = manyJobs(30);
  await harness.add(jobs);
  await held(20);
  expect(await worker.stop()).toBe(true);
  expect(await harness.jobCounts()).toEqual({
    wait: 20,
    prioritized: 10,
    active: 0,
    delayed: 0,
    failed: 0,
  });
  const waiting = await harness.queue.getJobs(['wait', 'prioritized']);
  expect(waiting.map((job) => job.attemptsMade)).toEqual(waiting.map(() => 0));
  await postgres.start();
  await harness.startWorker();
  await allDone();
  expect(await harness.amiss(jobs)).toEqual(nothingAmiss);
  expect(await harness.deadLetters()).toEqual([]);
});

test('a shutdown while PostgreSQL hangs gives the jobs back all the same, before its deadline', async () => {
  // A process, since a shutdown that is cut short leaves its connections to the end of the process.
  const processes = new ServiceProcesses();
  const child = startWorkerProcess(processes, { ...harness.env, SHUTDOWN_DEADLINE_MS: '2000' });
  const first = manyJobs(1);
  await harness.add(first);
  await allDone();
  await postgres.kill('SIGSTOP');
  const jobs = manyJobs(20);
  await harness.add(jobs);
  await held(20);
  expect([0, 1]).toContain(await processes.end(child, 'SIGTERM'));
  expect(await harness.jobCounts()).toMatchObject({ wait: 20, active: 0, failed: 0 });
  await postgres.kill('SIGCONT');
  await harness.startWorker();
  await allDone();
  expect(await harness.amiss([...first, ...jobs])).toEqual(nothingAmiss);
  expect(await harness.deadLetters()).toEqual([]);
});

const readiness = async ({ port }: { port: number }) => {
  const answer = await fetch(`http://127.0.0.1:${port}/healthz/ready`);
  return { status: answer.status, said: await answer.text() };
};

test('a worker that starts while PostgreSQL is down says so, takes no job, and is ready when it is back', async () => {
  await postgres.stop();
  const jobs = manyJobs(5);
  await harness.add(jobs);
  const worker = await harness.startWorker();
  await eventually(async () =>
    expect(await readiness(worker)).toMatchObject({
      status: 503,
      said: expect.stringContaining('ECONNREFUSED'),
    }),
  );
  expect(await harness.jobCounts()).toMatchObject({ prioritized: 5, active: 0 });
  await postgres.start();
  await eventually(async () => expect(await readiness(worker)).toMatchObject({ status: 200 }));
  await allDone();
  expect(await harness.amiss(jobs)).toEqual(nothingAmiss);
});
