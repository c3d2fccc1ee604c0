import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { EventRow } from '@event-platform/core/event/columns';
import { readableFormats } from '@event-platform/core/event/job-formats';
import { encodeJob } from '@event-platform/core/event/job';
import { createShardMap, type ShardMap } from '@event-platform/core/storage/placement/shards';
import { storeEvents } from '@event-platform/core/storage/write/store-events';
import { TextWorker } from '@event-platform/core/queue/text-job';
import { eventually } from '@event-platform/testkit/harness/eventually';
import {
  eventRow,
  eventRows,
  jobText,
  rollUps,
  rowsJson,
  testShard,
} from '@event-platform/testkit/harness/sample-events';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/testkit/harness/test-database';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { WorkerHarness } from '../testing/worker-harness.ts';
import { deadLetterFailedJobs } from './dead-letter-failed-jobs.ts';

let databases: TestDatabase[];
let shards: ShardMap;
const corner = testRedis();
let harness: WorkerHarness;
beforeAll(async () => {
  databases = await Promise.all([createTestDatabase(), createTestDatabase()]);
  const [first = '', second = ''] = databases.map((database) => database.url);
  shards = createShardMap(
    { shards: { s0: first, s1: second }, accounts: { acme: 's0', unknown: 's0', other: 's1' } },
    first,
    (url) => testShard(url).pool,
  );
});
beforeEach(() => {
  const postgresUrl = databases[0]?.url ?? '';
  harness = new WorkerHarness({ postgresUrl, redisUrl: corner.url, prefix: corner.prefix });
});
afterEach(async () => {
  for (const { pool } of shards.all)
    await pool.query('TRUNCATE events, event_counts, dead_letters');
  await harness.close();
  await corner.cleanup();
});
afterAll(async () => {
  await shards.close();
  for (const database of databases) await database.drop();
});

/** Puts jobs into the queue and lets each use up its attempts; `before` have done so already. */
async function failedJobs(texts: string[], before = 0): Promise<void> {
  await harness.addTexts(texts);
  const worker = new TextWorker('events', () => Promise.reject(new Error('no luck')), {
    connection: harness.redis,
    prefix: corner.prefix,
    concurrency: 50,
  });
  await eventually(async () => (await harness.queue.getFailedCount()) === before + texts.length);
  await worker.close();
}

const pending = { stored: 0, deadLettered: 0, gone: 0 };
const addDeadLetter = () =>
  deadLetterFailedJobs({
    queue: harness.queue,
    shards,
    formats: readableFormats,
    onStored: ({ events }) => (pending.stored += events),
    onDeadLettered: (_reason, newDeadLetters) => (pending.deadLettered += newDeadLetters.length),
    onDone: () => pending.gone++,
  });

/** PostgreSQL refuses it as too long. */
const poison = (changes: Partial<EventRow> = {}) => eventRow({ type: 't'.repeat(60), ...changes });

test('a job without luck is stored after all, each event on its own shard, but for the poison', async () => {
  const rows = [...eventRows(3), poison(), eventRow({ account_id: 'other' })];
  await failedJobs([jobText(rows)]);
  Object.assign(pending, { stored: 0, deadLettered: 0, gone: 0 });
  expect(await addDeadLetter()).toBe(1);
  expect(pending).toEqual({ stored: 5, deadLettered: 0, gone: 1 });
  const stored = await Promise.all(
    shards.all.map(async ({ pool }) => (await pool.query('SELECT event_id FROM events')).rowCount),
  );
  expect(stored).toEqual([3, 1]);
  expect(await harness.deadLetters()).toMatchObject([
    { event_id: rows[3]?.event_id, reason: 'data_error' },
  ]);
  expect(await harness.jobsLeft()).toBe(0);
  expect(await addDeadLetter()).toBe(0);
});

test('events of a failed job that are stored already get no letter beside their row', async () => {
  const rows = eventRows(3);
  await storeEvents(harness.pool, rowsJson(rows));
  await failedJobs([jobText(rows)]);
  expect(await addDeadLetter()).toBe(1);
  expect(await harness.storedCount()).toBe(3);
  expect(await harness.deadLetters()).toEqual([]);
  const { kept, counted } = await rollUps(harness.pool);
  expect(kept).toEqual(counted);
});

test('a letter of an unreadable job has the stack traces of its failures', async () => {
  await failedJobs(['no job']);
  await addDeadLetter();
  const { rows } = await harness.pool.query<object>('SELECT * FROM dead_letters');
  expect(rows).toMatchObject([
    {
      reason: 'job_unreadable',
      message: 'no luck',
      attempts: 3,
      detail: expect.stringMatching(/no luck\n +at /),
    },
  ]);
});

test('a letter of a packed job that is no events shows what was packed', async () => {
  const rows = 'no row of ours\n'.repeat(3_000);
  const text = encodeJob({ accounts: [['acme', 1]], ids: '', rows });
  expect(text.length).toBeLessThan(rows.length);
  await failedJobs([text]);
  await addDeadLetter();
  const { rows: deadLetters } = await harness.pool.query<{ row: string }>(
    'SELECT row FROM dead_letters',
  );
  const [kept] = deadLetters.map(({ row }) => (JSON.parse(row) as EventRow).metadata['data']);
  expect(kept).toBe(`{"v":2,"accounts":[["acme",1]],"ids":"","bytes":${rows.length}}\n${rows}`);
});

test('jobs of a shard that is away wait, and those of the others do not wait for it', async () => {
  const unavailable = shards.forAccount('other').pool;
  const waiting = Array.from({ length: 120 }, () => jobText([eventRow({ account_id: 'other' })]));
  await failedJobs(waiting);
  await failedJobs([jobText(eventRows(1))], waiting.length);
  await unavailable.query('ALTER TABLE events RENAME TO events_away');
  await expect(addDeadLetter()).rejects.toThrow(/s1/);
  expect(await harness.storedCount()).toBe(1);
  expect(await harness.queue.getFailedCount()).toBe(waiting.length);
  await unavailable.query('ALTER TABLE events_away RENAME TO events');
  while ((await addDeadLetter()) > 0);
  expect((await unavailable.query('SELECT FROM events')).rowCount).toBe(waiting.length);
});

test('several workers that bury at once leave one letter for each event', async () => {
  const jobs = Array.from({ length: 20 }, () => [poison(), poison()]);
  await failedJobs(jobs.map(jobText));
  await Promise.allSettled([addDeadLetter(), addDeadLetter(), addDeadLetter()]);
  while ((await addDeadLetter()) > 0);
  expect(await harness.deadLetters()).toHaveLength(40);
  expect(await harness.jobsLeft()).toBe(0);
});

test('a job stays in the queue until its letters are committed', async () => {
  await failedJobs([jobText([poison()])]);
  await harness.pool.query('ALTER TABLE dead_letters RENAME TO letters_away');
  await expect(addDeadLetter()).rejects.toThrow(/dead letters/);
  expect(await harness.queue.getFailedCount()).toBe(1);
  await harness.pool.query('ALTER TABLE letters_away RENAME TO dead_letters');
  expect(await addDeadLetter()).toBe(1);
  expect(await harness.deadLetters()).toHaveLength(1);
});

test('more jobs than one round takes are buried in the next', async () => {
  const jobs = Array.from({ length: 130 }, () => eventRows(1));
  await failedJobs(jobs.map(jobText));
  expect([await addDeadLetter(), await addDeadLetter(), await addDeadLetter()]).toEqual([
    100, 30, 0,
  ]);
  expect(await harness.storedCount()).toBe(130);
});

test('whatever lies in the queue ends as a letter that keeps it whole', async () => {
  const anyRow = fc.array(fc.json(), { maxLength: 8 }).map((fields) => fields.join('\t'));
  const almostJob = fc
    .tuple(fc.jsonValue(), fc.jsonValue(), fc.array(anyRow, { maxLength: 3 }))
    .map(([accounts, ids, rows]) => [JSON.stringify({ v: 2, accounts, ids }), ...rows].join('\n'));
  const text = fc.oneof(almostJob, fc.json(), fc.string({ unit: 'grapheme', minLength: 1 }));
  const texts = fc.sample(text, { numRuns: 150, seed: 7 });
  await failedJobs(texts);
  while ((await addDeadLetter()) > 0);
  const deadLetters = (
    await Promise.all(
      shards.all.map(
        async ({ pool }) =>
          (await pool.query<{ row: string }>('SELECT row FROM dead_letters')).rows,
      ),
    )
  ).flat();
  const kept = deadLetters.map(
    ({ row }) => (JSON.parse(row) as Partial<EventRow>).metadata?.['data'],
  );
  // A job whose rows can be told apart may leave none (it holds none) or one each.
  const unreadable = texts.filter((one) => kept.includes(one));
  expect(unreadable.length).toBeGreaterThan(texts.length / 2);
  for (const one of texts.filter((other) => !kept.includes(other))) {
    expect(one).toMatch(/^\{"v":2,.*\}\n/s);
  }
  expect(await harness.jobsLeft()).toBe(0);
});

test('a failed job of a newer format stays as it is, and keeps none behind it waiting', async () => {
  const future = jobText(eventRows(2)).replace('"v":2', '"v":17');
  const rows = eventRows(3);
  await failedJobs([future, jobText(rows)]);
  await addDeadLetter();
  expect(await harness.deadLetters()).toEqual([]);
  expect(await harness.amiss([rows])).toEqual({ lost: [], foreign: [] });
  const [left] = await harness.queue.getFailed();
  expect(left?.data).toBe(future);
});
