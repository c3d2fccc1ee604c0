import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createShardMap, type ShardMap } from '@event-platform/shared/database/shards';
import { TextWorker } from '@event-platform/shared/queue/text-job';
import { eventually } from '@event-platform/shared/testing/eventually';
import {
  eventRow,
  eventRows,
  jobText,
  testShard,
} from '@event-platform/shared/testing/sample-events';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/shared/testing/test-database';
import { testRedis } from '@event-platform/shared/testing/test-redis';
import { WorkerWorld } from '../testing/worker-world.ts';
import { buryFailedJobs } from './bury-failed-jobs.ts';

let databases: TestDatabase[];
let shards: ShardMap;
const corner = testRedis();
let world: WorkerWorld;
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
  world = new WorkerWorld({ postgresUrl, redisUrl: corner.url, prefix: corner.prefix });
});
afterEach(async () => {
  for (const { pool } of shards.all) await pool.query('TRUNCATE dead_letters');
  await world.close();
  await corner.cleanup();
});
afterAll(async () => {
  await shards.close();
  for (const database of databases) await database.drop();
});

/** Puts jobs into the queue and lets each use up its attempts. */
async function failedJobs(texts: string[]): Promise<void> {
  await world.addTexts(texts);
  const worker = new TextWorker('events', () => Promise.reject(new Error('no luck')), {
    connection: world.redis,
    prefix: corner.prefix,
    concurrency: 50,
  });
  await eventually(async () => (await world.queue.getFailedCount()) === texts.length);
  await worker.close();
}

let buriedEvents = 0;
const bury = () =>
  buryFailedJobs({
    queue: world.queue,
    shards,
    onBuried: (events) => {
      buriedEvents += events;
    },
  });

test('each event of a job without luck gets a letter on its own shard, and the job is gone', async () => {
  const rows = [...eventRows(3), eventRow({ a: 'other' })];
  await failedJobs([jobText(rows)]);
  buriedEvents = 0;
  expect(await bury()).toBe(1);
  expect(buriedEvents).toBe(4);
  const [own, others] = await Promise.all(
    shards.all.map(({ pool }) => pool.query('SELECT * FROM dead_letters ORDER BY event_id')),
  );
  expect(own?.rows).toHaveLength(3);
  expect(others?.rows).toMatchObject([{ account_id: 'other', event_id: rows[3]?.e }]);
  expect(own?.rows[0]).toMatchObject({
    reason: 'attempts_exhausted',
    message: 'no luck',
    attempts: 3,
    row: JSON.stringify(rows[0]),
  });
  expect(await world.jobsLeft()).toBe(0);
  expect(await bury()).toBe(0);
});

test('several workers that bury at once leave one letter for each event', async () => {
  const jobs = Array.from({ length: 20 }, () => eventRows(2));
  await failedJobs(jobs.map(jobText));
  await Promise.allSettled([bury(), bury(), bury()]);
  while ((await bury()) > 0);
  expect(await world.letters()).toHaveLength(40);
  expect(await world.jobsLeft()).toBe(0);
});

test('a job stays in the queue until its letters are committed', async () => {
  await failedJobs([jobText([eventRow({ a: 'acme' })])]);
  await world.pool.query('ALTER TABLE dead_letters RENAME TO letters_away');
  await expect(bury()).rejects.toThrow(/dead_letters/);
  expect(await world.queue.getFailedCount()).toBe(1);
  await world.pool.query('ALTER TABLE letters_away RENAME TO dead_letters');
  expect(await bury()).toBe(1);
  expect(await world.letters()).toHaveLength(1);
});

test('more jobs than one round takes are buried in the next', async () => {
  const jobs = Array.from({ length: 130 }, () => eventRows(1));
  await failedJobs(jobs.map(jobText));
  expect([await bury(), await bury(), await bury()]).toEqual([100, 30, 0]);
  expect(await world.letters()).toHaveLength(130);
});

test('whatever lies in the queue ends as a letter that keeps it whole', async () => {
  const anyRow = fc.array(fc.json(), { maxLength: 8 }).map((fields) => fields.join('\t'));
  const almostJob = fc
    .tuple(fc.jsonValue(), fc.jsonValue(), fc.array(anyRow, { maxLength: 3 }))
    .map(([accounts, ids, rows]) => [JSON.stringify({ v: 2, accounts, ids }), ...rows].join('\n'));
  const text = fc.oneof(almostJob, fc.json(), fc.string({ unit: 'grapheme', minLength: 1 }));
  const texts = fc.sample(text, { numRuns: 150, seed: 7 });
  await failedJobs(texts);
  while ((await bury()) > 0);
  const letters = (
    await Promise.all(
      shards.all.map(
        async ({ pool }) =>
          (await pool.query<{ row: string }>('SELECT row FROM dead_letters')).rows,
      ),
    )
  ).flat();
  const kept = letters.map(({ row }) => (JSON.parse(row) as { m?: { data?: string } }).m?.data);
  // A job whose rows can be told apart may leave none (it holds none) or one each.
  const unreadable = texts.filter((one) => kept.includes(one));
  expect(unreadable.length).toBeGreaterThan(texts.length / 2);
  for (const one of texts.filter((other) => !kept.includes(other))) {
    expect(one).toMatch(/^\{"v":2,.*\}\n/s);
  }
  expect(await world.jobsLeft()).toBe(0);
});
