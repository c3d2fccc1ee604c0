import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type pg from 'pg';
import { migrate } from '@event-platform/core/storage/migrate';
import { readSummary } from '@event-platform/core/storage/read/summary/read-summary';
import { createLogger } from '@event-platform/core/platform/logger';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { startOwnPostgres, type OwnServer } from '@event-platform/testkit/harness/own-servers';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { SummaryCache, type ComputedSummary } from './summary-cache.ts';
import { createQueryApp, type QueryApp } from './testing/query-app.ts';
import { seedEvents } from './testing/seed-events.ts';

const startMs = Date.parse('2026-11-23T12:00:00Z');
let nowMs = startMs;
const patientMs = 30_000;
const redisCorner = testRedis();
let postgres: OwnServer;
let query: QueryApp;

beforeAll(async () => {
  // A PostgreSQL that counts its statements.
  postgres = await startOwnPostgres({ shared_preload_libraries: 'pg_stat_statements' });
  await migrate(postgres.url);
  query = createQueryApp({
    databaseUrl: postgres.url,
    redisUrl: redisCorner.url,
    prefix: redisCorner.prefix,
    now: () => nowMs,
    // A machine under load is no outage: only the tests that mean one are impatient.
    maxWaitMs: patientMs,
    redisTimeoutMs: patientMs,
  });
  await query.pool.query('CREATE EXTENSION pg_stat_statements');
  await eventually(() => query.redis.status === 'ready');
  await seedEvents(query.pool, [
    { account: 'UA', id: '1', atMs: startMs - 1_000 },
    { account: 'UA', id: '2', atMs: startMs - 2_000 },
  ]);
});

afterAll(async () => {
  await query.close();
  await postgres.remove();
  await redisCorner.cleanup();
});

async function summaryStatements(pool: pg.Pool): Promise<number> {
  const result = await pool.query<{ calls: number }>(
    `SELECT coalesce(sum(calls), 0)::int AS calls FROM pg_stat_statements
     WHERE query LIKE '%AS by_type%'`,
  );
  return result.rows[0]?.calls ?? -1;
}

async function compute(): Promise<ComputedSummary> {
  const fromMs = startMs - 86_400_000;
  const shard = { name: 'main', pool: query.pool };
  const window = [BigInt(fromMs) * 1_000n, BigInt(nowMs) * 1_000n] as const;
  const { counts } = await readSummary(shard, 'UA', window, { types: 1_000, users: 100 });
  const [from, to] = [new Date(fromMs).toISOString(), new Date(nowMs).toISOString()];
  return { from, to, ...counts, as_of: to };
}

const read = (window: string) => query.cache.read('UA', window, compute);
const keyOf = (window: string) => query.keys.summary('UA', window);
const stored = (window: string) =>
  eventually(async () => (await query.redis.exists(keyOf(window))) === 1);

describe('freshness', () => {
  test('a thousand readers at once cost one query', async () => {
    const before = await summaryStatements(query.pool);
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => read('24h')));
    expect(await summaryStatements(query.pool)).toBe(before + 1);
    expect(answers.every(({ cache, summary }) => cache === 'miss' && summary.total === 2)).toBe(
      true,
    );
  });

  test('a summary is fresh for its lifetime and computed anew afterwards', async () => {
    nowMs = startMs;
    expect((await read('1h')).cache).toBe('miss');
    await stored('1h');
    const before = await summaryStatements(query.pool);
    nowMs = startMs + 47_000;
    const hit = await read('1h');
    expect(hit).toMatchObject({
      cache: 'hit',
      summary: { as_of: new Date(startMs).toISOString() },
    });
    expect(await summaryStatements(query.pool)).toBe(before);
    nowMs = startMs + 61_000;
    expect((await read('1h')).cache).toBe('miss');
    expect(await summaryStatements(query.pool)).toBe(before + 1);
    nowMs = startMs;
  });

  test('no lifetime is longer than 60 s, and they are spread over a fifth of it', async () => {
    const windows = Array.from({ length: 40 }, (_, index) => `${index + 2}h`);
    await Promise.all(windows.map(read));
    await Promise.all(windows.map(stored));
    const texts = await query.redis.mget(windows.map(keyOf));
    const lifetimes = texts.map(
      (text) => (JSON.parse(text ?? '') as { fresh_until_ms: number }).fresh_until_ms - startMs,
    );
    expect(Math.min(...lifetimes)).toBeGreaterThanOrEqual(48_000);
    expect(Math.max(...lifetimes)).toBeLessThanOrEqual(60_000);
    expect(new Set(lifetimes).size).toBeGreaterThan(30);
  });
});

describe('what lies in Redis', () => {
  test('a summary is kept for a day at most', async () => {
    await read('2d');
    await stored('2d');
    const ttlMs = await query.redis.pttl(keyOf('2d'));
    expect(ttlMs).toBeGreaterThan(86_000_000);
    expect(ttlMs).toBeLessThanOrEqual(86_400_000);
  });

  test.each(['', 'no json', '{}', 'null', '{"fresh_until_ms":9e15,"summary":{"total":1}}'])(
    'a value that is not a valid summary (%j) counts as absent',
    async (text) => {
      await query.redis.set(keyOf('3d'), text);
      expect(await read('3d')).toMatchObject({ cache: 'miss', summary: { total: 2 } });
    },
  );

  test('at most 100 windows of an account stay, the last used ones', async () => {
    const windows = Array.from({ length: 130 }, (_, index) => `${index + 1}m`);
    for (const window of windows) await read(window);
    await stored('130m');
    const keys = await query.redis.keys(`${query.keys.summary('UA', '')}*`);
    expect(keys).toHaveLength(100);
    expect(keys).toContain(keyOf('31m'));
    expect(keys).not.toContain(keyOf('30m'));
  });

  test('an account never reads what was cached for another with a similar name', async () => {
    const empty = { ...(await compute()), total: 0, by_type: [], top_users: [] };
    await query.cache.read('UA:x', '24h', () => Promise.resolve(empty));
    await query.cache.read('UA', 'x:24h', compute);
    expect((await read('24h')).summary.total).toBe(2);
  });
});

/** A cache as that of the other tests, with other waits of its readers. */
function impatientCache(retryBudget: { maxWaitMs: number; staleWaitMs: number }) {
  const cache = new SummaryCache({
    redis: query.redis,
    keys: query.keys,
    logger: createLogger('test', 'silent'),
    ttlMs: 60_000,
    now: () => nowMs,
    ...retryBudget,
  });
  return (window: string) => cache.read('UA', window, compute);
}

/** Lets no query of a summary end until what is returned is called. */
async function holdQueries(): Promise<() => Promise<void>> {
  const locker = await query.pool.connect();
  await locker.query('BEGIN; LOCK TABLE events IN ACCESS EXCLUSIVE MODE');
  return async () => {
    await locker.query('COMMIT');
    locker.release();
  };
}

async function heldQueries(): Promise<number> {
  const waiting = await query.pool.query<{ count: number }>(
    `SELECT count(*)::int FROM pg_stat_activity
     WHERE wait_event_type = 'Lock' AND query LIKE '%by_type%'`,
  );
  return waiting.rows[0]?.count ?? 0;
}

test('a query that outlasts the wait is not started twice, and fills the cache in the end', async () => {
  const readSoon = impatientCache({ maxWaitMs: 1, staleWaitMs: 1 });
  const release = await holdQueries();
  const unavailable = { code: 'summary_unavailable', retryAfterSeconds: 5 };
  await expect(readSoon('5d')).rejects.toMatchObject(unavailable);
  await expect(readSoon('5d')).rejects.toMatchObject(unavailable);
  await eventually(async () => (await heldQueries()) === 1);
  await release();
  await stored('5d');
  expect(await readSoon('5d')).toMatchObject({ cache: 'hit', summary: { total: 2 } });
});

test('a query that takes long leaves its askers the last summary, and the next ones a fresh one', async () => {
  nowMs = startMs;
  const readSoon = impatientCache({ maxWaitMs: patientMs, staleWaitMs: 1 });
  await read('6d');
  await stored('6d');
  nowMs = startMs + 120_000;
  const release = await holdQueries();
  const last = { cache: 'stale', summary: { as_of: new Date(startMs).toISOString() } };
  expect(await readSoon('6d')).toMatchObject(last);
  expect(await readSoon('6d')).toMatchObject(last);
  await eventually(async () => (await heldQueries()) === 1);
  await release();
  const fresh = { cache: 'hit', summary: { as_of: new Date(nowMs).toISOString() } };
  await eventually(async () => expect(await readSoon('6d')).toMatchObject(fresh));
  nowMs = startMs;
});
