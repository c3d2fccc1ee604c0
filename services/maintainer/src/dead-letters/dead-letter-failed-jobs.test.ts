import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import type pg from 'pg';
import type { EventRow } from '@event-platform/core/event/columns';
import { readableFormats } from '@event-platform/core/event/job-formats';
import { encodeJob } from '@event-platform/core/event/job';
import { createShardMap, type ShardMap } from '@event-platform/core/storage/placement/shards';
import { storeEvents } from '@event-platform/core/storage/write/store-events';
import { TextQueue, TextWorker } from '@event-platform/core/queue/text-job';
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
import { deadLetterFailedJobs } from './dead-letter-failed-jobs.ts';

const corner = testRedis();
const redis = new Redis(corner.url, { maxRetriesPerRequest: null });
const queue = new TextQueue('events', { connection: redis, prefix: corner.prefix });
let databases: TestDatabase[];
let shards: ShardMap;
let pool: pg.Pool;

beforeAll(async () => {
  databases = await Promise.all([createTestDatabase(), createTestDatabase()]);
  const [first = '', second = ''] = databases.map((database) => database.url);
  shards = createShardMap(
    { shards: { s0: first, s1: second }, accounts: { acme: 's0', unknown: 's0', other: 's1' } },
    first,
    (url) => testShard(url).pool,
  );
  pool = shards.forAccount('acme').pool;
});
afterEach(async () => {
  for (const shard of shards.all)
    await shard.pool.query('TRUNCATE events, event_counts, dead_letters');
  await corner.cleanup();
});
afterAll(async () => {
  await queue.close();
  await redis.quit();
  await shards.close();
  for (const database of databases) await database.drop();
});

/** Puts jobs into the queue and lets each use up its attempts; `before` have done so already. */
async function failedJobs(texts: string[], before = 0): Promise<void> {
  const opts = { attempts: 3, backoff: 50, removeOnComplete: true, priority: 5 };
  await queue.addBulk(texts.map((data) => ({ name: 'events', data, opts })));
  const worker = new TextWorker('events', () => Promise.reject(new Error('no luck')), {
    connection: redis,
    prefix: corner.prefix,
    concurrency: 50,
  });
  await eventually(async () => (await queue.getFailedCount()) === before + texts.length);
  await worker.close();
}

async function jobsLeft(): Promise<number> {
  const counts = await queue.getJobCounts('wait', 'prioritized', 'active', 'delayed', 'failed');
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

async function storedIds(): Promise<string[]> {
  const { rows } = await pool.query<{ event_id: string }>('SELECT event_id FROM events');
  return rows.map(({ event_id }) => event_id).sort();
}

async function deadLetters(): Promise<object[]> {
  const { rows } = await pool.query<object>(
    'SELECT account_id, event_id, row, reason FROM dead_letters ORDER BY account_id, event_id',
  );
  return rows;
}

const pending = { stored: 0, deadLettered: 0, gone: 0 };
const sweep = () =>
  deadLetterFailedJobs({
    queue,
    shards,
    formats: readableFormats,
    onStored: ({ events }) => (pending.stored += events),
    onDeadLettered: (_reason, newDeadLetters) => (pending.deadLettered += newDeadLetters.length),
    onDone: () => {
      pending.gone++;
      return Promise.resolve();
    },
  });

/** PostgreSQL refuses it as too long. */
const poison = (changes: Partial<EventRow> = {}) => eventRow({ type: 't'.repeat(60), ...changes });

test('a failed job is stored after all, each event on its own shard, except for the poison', async () => {
  const rows = [...eventRows(3), poison(), eventRow({ account_id: 'other' })];
  await failedJobs([jobText(rows)]);
  Object.assign(pending, { stored: 0, deadLettered: 0, gone: 0 });
  expect(await sweep()).toBe(1);
  expect(pending).toEqual({ stored: 5, deadLettered: 0, gone: 1 });
  const stored = await Promise.all(
    shards.all.map(async ({ pool }) => (await pool.query('SELECT event_id FROM events')).rowCount),
  );
  expect(stored).toEqual([3, 1]);
  expect(await deadLetters()).toMatchObject([
    { event_id: rows[3]?.event_id, reason: 'data_error' },
  ]);
  expect(await jobsLeft()).toBe(0);
  expect(await sweep()).toBe(0);
});

test('events of a failed job that are stored already do not become dead letters', async () => {
  const rows = eventRows(3);
  await storeEvents(pool, rowsJson(rows));
  await failedJobs([jobText(rows)]);
  expect(await sweep()).toBe(1);
  expect(await storedIds()).toHaveLength(3);
  expect(await deadLetters()).toEqual([]);
  const { kept, counted } = await rollUps(pool);
  expect(kept).toEqual(counted);
});

test('the dead letter of an unreadable job has the stack traces of its failures', async () => {
  await failedJobs(['no job']);
  await sweep();
  const { rows } = await pool.query<object>('SELECT * FROM dead_letters');
  expect(rows).toMatchObject([
    {
      reason: 'job_unreadable',
      message: 'no luck',
      attempts: 3,
      detail: expect.stringMatching(/no luck\n +at /),
    },
  ]);
});

test('the dead letter of a packed job that holds no events shows the unpacked text', async () => {
  const rows = 'no row at all\n'.repeat(3_000);
  const text = encodeJob({ accounts: [['acme', 1]], ids: '', rows });
  expect(text.length).toBeLessThan(rows.length);
  await failedJobs([text]);
  await sweep();
  const { rows: found } = await pool.query<{ row: string }>('SELECT row FROM dead_letters');
  const [kept] = found.map(({ row }) => (JSON.parse(row) as EventRow).metadata['data']);
  expect(kept).toBe(`{"v":2,"accounts":[["acme",1]],"ids":"","bytes":${rows.length}}\n${rows}`);
});

test('jobs of a shard that is down stay in the queue, and those of the others are stored', async () => {
  const unavailable = shards.forAccount('other').pool;
  const waiting = Array.from({ length: 120 }, () => jobText([eventRow({ account_id: 'other' })]));
  await failedJobs(waiting);
  await failedJobs([jobText(eventRows(1))], waiting.length);
  await unavailable.query('ALTER TABLE events RENAME TO events_down');
  await expect(sweep()).rejects.toThrow(/s1/);
  expect(await storedIds()).toHaveLength(1);
  expect(await queue.getFailedCount()).toBe(waiting.length);
  await unavailable.query('ALTER TABLE events_down RENAME TO events');
  while ((await sweep()) > 0);
  expect((await unavailable.query('SELECT FROM events')).rowCount).toBe(waiting.length);
});

test('several processes at once leave one dead letter for each event', async () => {
  const jobs = Array.from({ length: 20 }, () => [poison(), poison()]);
  await failedJobs(jobs.map(jobText));
  await Promise.allSettled([sweep(), sweep(), sweep()]);
  while ((await sweep()) > 0);
  expect(await deadLetters()).toHaveLength(40);
  expect(await jobsLeft()).toBe(0);
});

test('a job stays in the queue until its dead letters are committed', async () => {
  await failedJobs([jobText([poison()])]);
  await pool.query('ALTER TABLE dead_letters RENAME TO dead_letters_down');
  await expect(sweep()).rejects.toThrow(/dead letters/);
  expect(await queue.getFailedCount()).toBe(1);
  await pool.query('ALTER TABLE dead_letters_down RENAME TO dead_letters');
  expect(await sweep()).toBe(1);
  expect(await deadLetters()).toHaveLength(1);
});

test('more jobs than one run takes are handled in the next', async () => {
  const jobs = Array.from({ length: 130 }, () => eventRows(1));
  await failedJobs(jobs.map(jobText));
  expect([await sweep(), await sweep(), await sweep()]).toEqual([100, 30, 0]);
  expect(await storedIds()).toHaveLength(130);
});

test('any text in the queue becomes a dead letter that keeps it whole', async () => {
  const anyRow = fc.array(fc.json(), { maxLength: 8 }).map((fields) => fields.join('\t'));
  const almostJob = fc
    .tuple(fc.jsonValue(), fc.jsonValue(), fc.array(anyRow, { maxLength: 3 }))
    .map(([accounts, ids, rows]) => [JSON.stringify({ v: 2, accounts, ids }), ...rows].join('\n'));
  const text = fc.oneof(almostJob, fc.json(), fc.string({ unit: 'grapheme', minLength: 1 }));
  const texts = fc.sample(text, { numRuns: 150, seed: 7 });
  await failedJobs(texts);
  while ((await sweep()) > 0);
  const found = (
    await Promise.all(
      shards.all.map(
        async ({ pool }) =>
          (await pool.query<{ row: string }>('SELECT row FROM dead_letters')).rows,
      ),
    )
  ).flat();
  const kept = found.map(({ row }) => (JSON.parse(row) as Partial<EventRow>).metadata?.['data']);
  // A job whose rows can be separated may leave none (it holds none) or one each.
  const unreadable = texts.filter((one) => kept.includes(one));
  expect(unreadable.length).toBeGreaterThan(texts.length / 2);
  for (const one of texts.filter((other) => !kept.includes(other))) {
    expect(one).toMatch(/^\{"v":2,.*\}\n/s);
  }
  expect(await jobsLeft()).toBe(0);
});

test('a failed job of a newer format stays as it is, and does not hold up the jobs after it', async () => {
  const future = jobText(eventRows(2)).replace('"v":2', '"v":17');
  const rows = eventRows(3);
  await failedJobs([future, jobText(rows)]);
  await sweep();
  expect(await deadLetters()).toEqual([]);
  expect(await storedIds()).toEqual(rows.map(({ event_id }) => event_id).sort());
  const [left] = await queue.getFailed();
  expect(left?.data).toBe(future);
});
