import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import supertest from 'supertest';
import { problemSchema, summarySchema } from '@event-platform/core/event/results';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/testkit/harness/test-database';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { createQueryApp, type QueryApp } from './testing/query-app.ts';
import { seedEvents, type SeedEvent } from './testing/seed-events.ts';

const nowMs = Date.parse('2026-11-23T12:00:30Z');
const redisCorner = testRedis();
let database: TestDatabase;
let query: QueryApp;
let own: QueryApp;

beforeAll(async () => {
  database = await createTestDatabase();
  const common = {
    databaseUrl: database.url,
    redisUrl: redisCorner.url,
    prefix: redisCorner.prefix,
    now: () => nowMs,
  };
  query = createQueryApp(common);
  own = createQueryApp({
    ...common,
    principal: { keyId: 'k', accountId: 'UA', scopes: ['read'] },
  });
  await eventually(() => query.redis.status === 'ready' && own.redis.status === 'ready');
  const many: SeedEvent[] = Array.from({ length: 130 }, (_, index) => ({
    account: 'UA',
    id: `e${index}`,
    user: `user-${String(index % 120).padStart(3, '0')}`,
    type: index % 3 === 0 ? 'view' : 'click',
    atMs: nowMs - 60_000 - index,
  }));
  await seedEvents(query.pool, [
    ...many,
    { account: 'UA', id: 'old', atMs: nowMs - 25 * 3_600_000 },
    { account: 'ünï/ code', id: 'x', atMs: nowMs - 1 },
  ]);
});

afterAll(async () => {
  await query.close();
  await own.close();
  await database.drop();
  await redisCorner.cleanup();
});

const get = (path: string, from = query) => supertest(from.app).get(path);

async function bodyOf(path: string, status: number, from = query): Promise<unknown> {
  const response = await get(path, from).expect(status);
  return response.body as unknown;
}

describe('the summary of an account', () => {
  test('counts the window exactly, ordered by count down and name up', async () => {
    const body = await bodyOf('/accounts/UA/summary', 200);
    const summary = summarySchema.strict().parse(body);
    expect(summary).toMatchObject({
      account_id: 'UA',
      from: '2026-11-22T12:00:30.000Z',
      to: '2026-11-23T12:00:30.000Z',
      as_of: '2026-11-23T12:00:30.000Z',
      total: 130,
      cache: 'miss',
      by_type: [
        { type: 'click', count: 86 },
        { type: 'view', count: 44 },
      ],
      other_types: { types: 0, count: 0 },
    });
    expect(summary.top_users).toEqual(
      Array.from({ length: 10 }, (_, index) => ({ user_id: `user-00${index}`, count: 2 })),
    );
  });

  test('every limit is served from the one cached value', async () => {
    await get('/accounts/UA/summary?window=2h');
    await eventually(() => query.redis.exists(query.keys.summary('UA', '2h')));
    for (const limit of [1, 10, 100]) {
      const body = await bodyOf(`/accounts/UA/summary?window=2h&limit=${limit}`, 200);
      const summary = summarySchema.parse(body);
      expect(summary.cache).toBe('hit');
      expect(summary.top_users).toHaveLength(limit);
    }
  });

  test('a range is counted to the millisecond, its end excluded', async () => {
    const range = (fromMs: number, toMs: number) =>
      `from=${new Date(fromMs).toISOString()}&to=${new Date(toMs).toISOString()}`;
    const oldMs = nowMs - 25 * 3_600_000;
    const with_ = await get(`/accounts/UA/summary?${range(oldMs, oldMs + 1)}`);
    const without = await get(`/accounts/UA/summary?${range(oldMs - 1, oldMs)}`);
    expect([with_.body, without.body]).toMatchObject([{ total: 1 }, { total: 0 }]);
  });

  test('a range is counted to the microsecond, and the answer says so', async () => {
    const at = (micros: string) => `2026-11-20T08:00:00.${micros}Z`;
    const stamps = ['123455', '123456', '123999', '124000'];
    await seedEvents(
      query.pool,
      stamps.map((micros) => ({ account: 'micro', id: micros, atMs: nowMs, at: at(micros) })),
    );
    const read = (from: string, to: string) => get(`/accounts/micro/summary?from=${from}&to=${to}`);
    const middle = await read(at('123456'), at('124000'));
    expect(middle.body).toMatchObject({
      total: 2,
      from: at('123456'),
      to: '2026-11-20T08:00:00.124Z',
    });
    const one = await read(at('123456'), at('123457'));
    expect(one.body).toMatchObject({ total: 1, cache: 'miss' });
    const whole = await read('2026-11-20t08:00:00z', '2026-11-20T09:00:01.5%2B01:00');
    expect(whole.body).toMatchObject({
      ...{ total: 4, from: '2026-11-20T08:00:00.000Z', to: '2026-11-20T08:00:01.500Z' },
    });
  });

  test('lists the types with most events and sums up the rest, for every number of types', async () => {
    const events = Array.from({ length: 1_203 }, (_, index) => ({
      ...{ account: 'types', id: `e${index}`, atMs: nowMs - 5_000 },
      type: index < 3 ? 'often' : `id-${String(index).padStart(4, '0')}`,
    }));
    await seedEvents(query.pool, events);
    for (const [types, listed] of [
      ['', 100],
      ['&types=1', 1],
      ['&types=1000', 1_000],
    ] as const) {
      const body = await bodyOf(`/accounts/types/summary?window=3h${types}`, 200);
      const summary = summarySchema.strict().parse(body);
      expect(summary.by_type).toHaveLength(listed);
      expect(summary.by_type.slice(0, 2)).toEqual(
        [
          { type: 'often', count: 3 },
          { type: 'id-0003', count: 1 },
        ].slice(0, listed),
      );
      expect(summary).toMatchObject({
        total: 1_203,
        other_types: { types: 1_201 - listed, count: 1_201 - listed },
        warnings: [{ code: 'many_types' }],
      });
    }
  });

  test('warns of no types where all can be listed', async () => {
    const body = await bodyOf('/accounts/UA/summary?window=5h&types=1', 200);
    expect(body).toMatchObject({ other_types: { types: 1, count: 44 } });
    expect(body).not.toHaveProperty('warnings');
  });

  test('an unknown account has an empty summary', async () => {
    const body = await bodyOf('/accounts/nobody/summary', 200);
    expect(body).toMatchObject({ total: 0, by_type: [], top_users: [] });
  });

  test('account ids are read percent-decoded, slashes included', async () => {
    const body = await bodyOf(`/accounts/${encodeURIComponent('ünï/ code')}/summary`, 200);
    expect(body).toMatchObject({ account_id: 'ünï/ code', total: 1 });
  });

  test('no proxy may keep it', async () => {
    const { headers } = await get('/accounts/UA/summary');
    expect(headers['cache-control']).toBe('no-store');
  });

  test('every answer is counted by where it came from', async () => {
    await get('/accounts/UA/summary');
    const text = await query.registry.metrics();
    expect(text).toMatch(/summaries_total\{cache="miss"\} [1-9]/);
    expect(text).toMatch(/summaries_total\{cache="hit"\} [1-9]/);
    // No summary was stale yet, but its counter is there, for `increase` to see the first one.
    expect(text).toMatch(/summaries_total\{cache="stale"\} 0/);
  });
});

describe('what is refused', () => {
  test('a key reads its own account and finds nothing at another', async () => {
    await get('/accounts/UA/summary', own).expect(200);
    const body = await bodyOf('/accounts/SWA/summary', 404, own);
    expect(problemSchema.parse(body).code).toBe('not_found');
  });

  test.each([
    ['an id of 256 characters', `/accounts/${'x'.repeat(256)}/summary`, 'id'],
    ['an id with NUL', '/accounts/a%00b/summary', 'id'],
    ['an unknown parameter', '/accounts/UA/summary?days=3', 'days'],
    ['a repeated parameter', '/accounts/UA/summary?limit=1&limit=2', 'limit'],
  ])('%s is a parameter that is not acceptable', async (_what, path, parameter) => {
    const body = await bodyOf(path, 400);
    expect(problemSchema.parse(body)).toMatchObject({ code: 'parameter_invalid', parameter });
  });

  test('an id that is not percent-encoded UTF-8 is malformed', async () => {
    const body = await bodyOf('/accounts/%ff/summary', 400);
    expect(problemSchema.parse(body).code).toBe('request_malformed');
  });
});
