import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { decodeJob } from '../event/job.ts';
import { eventRows, jobText } from '@event-platform/testkit/harness/sample-events';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { createOldestJobFinder } from './oldest-job.ts';
import { TextQueue } from './text-job.ts';

const corner = testRedis();
const redis = new Redis(corner.url, { maxRetriesPerRequest: null });
const queue = new TextQueue('events', { connection: redis, prefix: corner.prefix });
const hourMs = 3_600_000;
const startMs = Date.parse('2026-11-01T12:00:00Z');
let nowMs: number;
let find: ReturnType<typeof createOldestJobFinder>;

beforeEach(() => {
  nowMs = startMs;
  find = createOldestJobFinder(redis, queue, () => nowMs);
});
afterEach(() => queue.obliterate({ force: true }));
afterAll(async () => {
  await queue.close();
  await redis.quit();
  await corner.cleanup();
});

/** Adds a job and resolves with its id. */
async function add(addedAtMs: number, text = jobText(eventRows(1)), more = {}): Promise<string> {
  const { id } = await queue.add('events', text, { timestamp: addedAtMs, ...more });
  return id ?? '';
}

const header = (text: string) => {
  const { ledgerEntry, accounts } = decodeJob(text);
  return { ledgerEntry, accounts };
};

test('an empty queue has no oldest job', async () => {
  expect(await find()).toEqual({ stuck: [], oldestAddedAtMs: undefined });
});

describe('the oldest job is found', () => {
  test.each<[string, (id: string) => Promise<unknown>, object]>([
    ['waiting', () => Promise.resolve(), {}],
    ['prioritized', () => Promise.resolve(), { priority: 9 }],
    ['delayed', () => Promise.resolve(), { delay: 60_000 }],
    ['in hand', () => redis.lmove(queue.toKey('wait'), queue.toKey('active'), 'RIGHT', 'LEFT'), {}],
    [
      'failed',
      async (id) => {
        await redis.lrem(queue.toKey('wait'), 0, id);
        await redis.zadd(queue.toKey('failed'), startMs, id);
      },
      {},
    ],
  ])('when it is %s', async (_, move, options) => {
    await move(await add(startMs - 5_000, undefined, options));
    await add(startMs - 1_000);
    expect(await find()).toEqual({ stuck: [], oldestAddedAtMs: startMs - 5_000 });
  });

  test('again when it is gone, whatever came meanwhile', async () => {
    const first = await add(startMs - 3_000);
    expect((await find()).oldestAddedAtMs).toBe(startMs - 3_000);
    await add(startMs - 2_000);
    await add(startMs - 1_000);
    expect((await find()).oldestAddedAtMs).toBe(startMs - 3_000);
    await queue.remove(first);
    expect((await find()).oldestAddedAtMs).toBe(startMs - 2_000);
  });
});

describe('a job that is stuck', () => {
  test('is found with what it holds, and does not stand for those after it', async () => {
    const text = jobText(eventRows(3));
    const stuck = await add(startMs - 2 * hourMs, text);
    await add(startMs - 1_000);
    const found = await find();
    expect(found.stuck).toMatchObject([header(text)]);
    expect(found.oldestAddedAtMs).toBe(startMs - 1_000);
    await queue.remove(stuck);
    expect(await find()).toEqual({ stuck: [], oldestAddedAtMs: startMs - 1_000 });
  });

  test('is any that was the oldest for an hour', async () => {
    const text = jobText(eventRows(2));
    await add(startMs, text);
    expect((await find()).stuck).toEqual([]);
    nowMs += hourMs + 1;
    await add(nowMs);
    const found = await find();
    expect(found.stuck).toMatchObject([header(text)]);
    expect(found.oldestAddedAtMs).toBe(nowMs);
  });

  test('and cannot be read is in no ledger', async () => {
    await add(startMs - 2 * hourMs, '{"something":"else"}');
    expect(await find()).toMatchObject({ stuck: [{ accounts: [] }], oldestAddedAtMs: undefined });
  });

  test('is one of a hundred at most; the next one stands for the rest', async () => {
    for (let at = 0; at < 103; at++) await add(startMs - 2 * hourMs + at);
    const found = await find();
    expect(found.stuck).toHaveLength(100);
    expect(found.oldestAddedAtMs).toBe(startMs - 2 * hourMs + 100);
    expect(await find()).toEqual(found);
  });
});
