import { describe, expect, jest, test } from '@jest/globals';
import { decodeJob, encodeJob } from '@event-platform/core/event/job';
import { linesOf } from '@event-platform/core/event/row-lines';
import { createLogger } from '@event-platform/core/platform/logger';
import { findNewestFormat } from '@event-platform/core/queue/worker-formats';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { eventRows, jobText } from '@event-platform/testkit/harness/sample-events';
import { useWorkerHarness } from './testing/use-worker-harness.ts';
import { nothingAmiss } from './testing/worker-harness.ts';

// Two versions of the worker on one queue, as in every rollout and every rollback.

const harness = useWorkerHarness();

const allDone = () =>
  eventually(async () => (await harness().jobsLeft()) === 0, { timeoutMs: 30_000 });
const older = { formats: [2] };
const newest = () => findNewestFormat(harness().redis, harness().keys);
/** Enough to be packed, which is format 3. */
const manyRows = () => eventRows(500);

describe('a job of a format that a worker does not know', () => {
  test('is returned, delayed, uses up no attempt, is logged once and counted, and becomes no dead letter', async () => {
    const logger = createLogger('worker', 'silent');
    const warned = jest.spyOn(logger, 'warn');
    const future = jobText(eventRows(1)).replace('"v":2', '"v":17');
    await harness().addTexts([future, future]);
    const { port } = await harness().startWorker({}, { logger });
    const returned = async () => {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      return Number(/^jobs_returned_total\{.*format="17".*\} (\d+)$/m.exec(text)?.[1] ?? 0);
    };
    // More often than it has attempts.
    await eventually(async () => expect(await returned()).toBeGreaterThanOrEqual(7), {
      timeoutMs: 40_000,
    });
    const jobs = await harness().queue.getJobs([
      'delayed',
      'active',
      'prioritized',
      'wait',
      'failed',
    ]);
    expect(jobs.map(({ data, attemptsMade }) => [data, attemptsMade])).toEqual([
      [future, 0],
      [future, 0],
    ]);
    expect(await harness().queue.getFailedCount()).toBe(0);
    expect(await harness().deadLetters()).toEqual([]);
    const logged = warned.mock.calls.filter(
      ([what]) => (what as { format?: number }).format === 17,
    );
    expect(logged).toHaveLength(1);
    await harness().queue.obliterate({ force: true });
  });

  test('is stored by a newer worker beside it, and what the older one can read is not kept waiting', async () => {
    await harness().startWorker({}, older);
    const [packed, plain] = [manyRows(), eventRows(20)];
    await harness().addTexts([jobText(packed), jobText(plain)]);
    await eventually(async () => expect(await harness().storedCount()).toBe(20));
    expect(await harness().deadLetters()).toEqual([]);
    await harness().startWorker();
    await allDone();
    expect(await harness().amiss([packed, plain])).toEqual(nothingAmiss);
    expect(await harness().deadLetters()).toEqual([]);
  });
});

describe('the newest format that may be written', () => {
  test('is the oldest while no worker has ever been there', async () => {
    expect(await newest()).toBe(2);
  });

  test('is one that every live worker reads, and stays what it was when all have gone', async () => {
    const newer = await harness().startWorker();
    await eventually(async () => expect(await newest()).toBe(3));
    const old = await harness().startWorker({}, older);
    await eventually(async () => expect(await newest()).toBe(2));
    await old.stop();
    await eventually(async () => expect(await newest()).toBe(3));
    await newer.stop();
    expect(await newest()).toBe(3);
  });

  test('forgets a worker that died without a word after a minute', async () => {
    await harness().startWorker();
    await eventually(async () => expect(await newest()).toBe(3));
    const [seconds] = await harness().redis.time();
    const nowMs = Number(seconds) * 1_000;
    await harness().redis.zadd(harness().keys.workerFormats, nowMs + 60_000, 'older:2');
    expect(await newest()).toBe(2);
    await harness().redis.zadd(harness().keys.workerFormats, nowMs - 1_000, 'older:2');
    expect(await newest()).toBe(3);
  });
});

test('a job that is written for older workers is read by all of them, however large it is', async () => {
  const rows = manyRows();
  const text = encodeJob({ accounts: [['acme', 500]], ids: '', rows: lines(jobText(rows)) }, 2);
  await harness().addTexts([text]);
  await harness().startWorker({}, older);
  await allDone();
  expect(await harness().amiss([rows])).toEqual(nothingAmiss);
});

function lines(job: string): string {
  return linesOf(decodeJob(job).rows).toString();
}
