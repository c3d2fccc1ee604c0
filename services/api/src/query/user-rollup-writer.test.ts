import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import supertest from 'supertest';
import { summarySchema, type Summary } from '@event-platform/core/event/results';
import { eventually } from '@event-platform/testkit/harness/eventually';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/testkit/harness/test-database';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { createQueryApp, type QueryApp } from './testing/query-app.ts';
import { seedEvents } from './testing/seed-events.ts';

const hourMs = 3_600_000;
/** So that the window of a day begins and ends in the middle of a quarter. */
const startMs = Date.parse('2026-11-23T12:35:00Z');
let nowMs = startMs;
const redisCorner = testRedis();
let database: TestDatabase;
let query: QueryApp;

beforeAll(async () => {
  database = await createTestDatabase();
  query = createQueryApp({
    ...{ databaseUrl: database.url, redisUrl: redisCorner.url, prefix: redisCorner.prefix },
    now: () => nowMs,
    leastEvents: 3,
  });
  await eventually(() => query.redis.status === 'ready');
});

beforeEach(async () => {
  nowMs = startMs;
  await query.pool.query('TRUNCATE events, event_counts, user_rollups, user_numbers');
});

afterAll(async () => {
  await query.close();
  await database.drop();
  await redisCorner.cleanup();
});

let windows = 0;

/** Reads what no one has asked for, so that it is not cached. */
async function read(account: string): Promise<Summary> {
  const to = new Date(nowMs - windows++).toISOString();
  const from = new Date(Date.parse(to) - 24 * hourMs).toISOString();
  const response = await supertest(query.app)
    .get(`/accounts/${account}/summary`)
    .query({ from, to })
    .expect(200);
  return summarySchema.parse(response.body);
}

const event = (account: string, id: string, user: string, atMs: number) => ({
  ...{ account, id, user, atMs },
});
const many = (account: string, count: number, atMs: number) =>
  Array.from({ length: count }, (_, index) => event(account, `${atMs}-${index}`, 'ada', atMs));

async function rolledUpWindows(): Promise<string[]> {
  const { rows } = await query.pool.query<{ window: Date }>(
    'SELECT window_start AS "window" FROM user_rollups ORDER BY 1',
  );
  return rows.map(({ window }) => window.toISOString());
}

const rollUpsCounted = async () =>
  (await query.registry.getSingleMetric('summary_rollups_written_total')?.get())?.values[0]?.value;

describe('after a summary', () => {
  test('the quarters for which many rows were read are folded, and the next summary is the same', async () => {
    await seedEvents(query.pool, [
      ...many('UA', 4, startMs - 2 * hourMs),
      ...many('UA', 2, startMs - 4 * hourMs),
      event('UA', 'eve', 'eve', startMs - hourMs),
    ]);
    const before = await rollUpsCounted();
    const first = await read('UA');
    await query.writer.idle();
    expect(await rolledUpWindows()).toEqual(['2026-11-23T10:30:00.000Z']);
    expect(await rollUpsCounted()).toBe((before ?? 0) + 1);
    expect(first.top_users).toEqual([
      { user_id: 'ada', count: 6 },
      { user_id: 'eve', count: 1 },
    ]);
    const { total, by_type, top_users } = first;
    expect(await read('UA')).toMatchObject({ total, by_type, top_users, cache: 'miss' });
  });

  test('an event that comes late into a folded quarter counts in the next one', async () => {
    await seedEvents(query.pool, many('UA', 4, startMs - 2 * hourMs));
    await read('UA');
    await query.writer.idle();
    await seedEvents(query.pool, [event('UA', 'late', 'eve', startMs - 2 * hourMs)]);
    expect(await read('UA')).toMatchObject({
      total: 5,
      top_users: [
        { user_id: 'ada', count: 4 },
        { user_id: 'eve', count: 1 },
      ],
    });
  });

  test('quarters that are not over are left alone, and so are accounts with few events', async () => {
    await seedEvents(query.pool, [
      ...many('UA', 9, startMs - 1),
      ...many('small', 2, startMs - 2 * hourMs),
    ]);
    await read('UA');
    await read('small');
    await query.writer.idle();
    expect(await rolledUpWindows()).toEqual([]);
    // The quarter is over at a quarter to one, and may have stragglers for five minutes.
    nowMs = Date.parse('2026-11-23T12:49:59Z');
    await read('UA');
    await query.writer.idle();
    expect(await rolledUpWindows()).toEqual([]);
    nowMs = Date.parse('2026-11-23T12:50:00Z');
    await read('UA');
    await query.writer.idle();
    expect(await rolledUpWindows()).toEqual(['2026-11-23T12:30:00.000Z']);
  });

  test('several accounts are folded one after the other', async () => {
    const accounts = ['one', 'two', 'three'];
    for (const account of accounts) {
      await seedEvents(query.pool, many(account, 3, startMs - 2 * hourMs));
    }
    await Promise.all(accounts.map(read));
    await query.writer.idle();
    expect(await rolledUpWindows()).toHaveLength(3);
  });
});
