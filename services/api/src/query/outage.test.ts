import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import supertest from 'supertest';
import { problemSchema, summarySchema } from '@event-platform/core/event/results';
import { migrate } from '@event-platform/core/storage/migrate';
import { hashEventId } from '@event-platform/core/queue/event-id-hash';
import { eventually } from '@event-platform/testkit/harness/eventually';
import {
  startOwnPostgres,
  startOwnRedis,
  type OwnServer,
} from '@event-platform/testkit/harness/own-servers';
import { createQueryApp, type QueryApp } from './testing/query-app.ts';
import { seedEvents } from './testing/seed-events.ts';

const startMs = Date.parse('2026-11-23T12:00:00Z');
let nowMs = startMs;
let postgres: OwnServer;
let redis: OwnServer;
let query: QueryApp;

beforeAll(async () => {
  [postgres, redis] = await Promise.all([startOwnPostgres(), startOwnRedis()]);
  await migrate(postgres.url);
  query = createQueryApp({
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    prefix: '{outage}',
    now: () => nowMs,
    maxWaitMs: 1_000,
    redisTimeoutMs: 2_000,
  });
  await redisIsBack();
  await seedEvents(query.pool, [{ account: 'UA', id: 'stored', atMs: startMs - 1_000 }]);
  await query.addPendingIds({ accounts: [['UA', 1]], ids: hashEventId('waiting') });
});

afterAll(async () => {
  await query.close();
  await Promise.all([postgres.remove(), redis.remove()]);
});

const redisIsBack = () => eventually(() => query.redis.status === 'ready');
const redisIsGone = () => eventually(() => query.redis.status !== 'ready');
const postgresIsBack = () => eventually(() => query.pool.query('SELECT 1'));

async function summary(window: string) {
  const response = await supertest(query.app).get(`/accounts/UA/summary?window=${window}`);
  if (response.status === 200) return summarySchema.parse(response.body);
  return { ...problemSchema.parse(response.body), retryAfter: response.headers['retry-after'] };
}

async function receipt(eventId: string): Promise<string> {
  const response = await supertest(query.app).get(`/accounts/UA/events/${eventId}`);
  const body = response.body as { status: string; code?: string };
  return body.code ?? body.status;
}

const unavailable = { code: 'summary_unavailable', status: 503, retryAfter: '5' };

async function cache(window: string): Promise<void> {
  await summary(window);
  await eventually(() => query.redis.exists(query.keys.summary('UA', window)));
}

test('without Redis, summaries come from PostgreSQL, uncached', async () => {
  await redis.stop();
  await redisIsGone();
  expect(await summary('1h')).toMatchObject({ cache: 'miss', total: 1 });
  expect(await summary('1h')).toMatchObject({ cache: 'miss', total: 1 });
  await redis.start();
  await redisIsBack();
  await cache('1h');
  expect(await summary('1h')).toMatchObject({ cache: 'hit' });
});

test('without Redis, a receipt says what PostgreSQL holds and guesses nothing else', async () => {
  await redis.stop();
  await redisIsGone();
  expect(await receipt('stored')).toBe('stored');
  expect(await receipt('waiting')).toBe('unavailable');
  expect(await receipt('nobody-sent-this')).toBe('unavailable');
  await redis.start();
  await redisIsBack();
});

// Keeps Redis from answering for a while, and then removes a pending id.
const ackSlowly = `
local untilSeconds = os.clock() + ARGV[2]
while os.clock() < untilSeconds do end
return redis.call('SREM', KEYS[1], ARGV[1])`;

test('an event that moves from the queue to the table between two reads is not lost', async () => {
  const waitingIds = query.keys.waitingIds('UA');
  await query.redis.sadd(waitingIds, hashEventId('moving'));
  const acked = query.redis.eval(ackSlowly, 1, waitingIds, hashEventId('moving'), 0.5);
  const answer = receipt('moving');
  // Time for a read of PostgreSQL, if that were the first one, before the event is there.
  await sleep(100);
  await seedEvents(query.pool, [{ account: 'UA', id: 'moving', atMs: startMs }]);
  expect(await acked).toBe(1);
  expect(await answer).toBe('stored');
});

test('a Redis that hangs does not hang the answers', async () => {
  await cache('2h');
  await redis.kill('SIGSTOP');
  expect(await summary('2h')).toMatchObject({ cache: 'miss', total: 1 });
  expect(await receipt('stored')).toBe('stored');
  expect(await receipt('waiting')).toBe('unavailable');
  await redis.kill('SIGCONT');
  await redisIsBack();
});

test('without PostgreSQL, summaries are the last cached ones, then 503', async () => {
  nowMs = startMs;
  await cache('3h');
  await postgres.stop();
  expect(await summary('3h')).toMatchObject({ cache: 'hit', total: 1 });
  nowMs = startMs + 23 * 3_600_000;
  expect(await summary('3h')).toMatchObject({
    cache: 'stale',
    total: 1,
    as_of: new Date(startMs).toISOString(),
  });
  expect(await summary('4h')).toMatchObject(unavailable);
  nowMs = startMs;
  await postgres.start();
  await postgresIsBack();
  expect(await summary('4h')).toMatchObject({ cache: 'miss', total: 1 });
});

test('without PostgreSQL, a receipt says what the queue holds and guesses nothing else', async () => {
  await postgres.stop();
  expect(await receipt('waiting')).toBe('queued');
  expect(await receipt('stored')).toBe('unavailable');
  await postgres.start();
  await postgresIsBack();
});

test('a PostgreSQL that hangs counts as unavailable once the wait is over', async () => {
  nowMs = startMs;
  await cache('5h');
  nowMs = startMs + 120_000;
  const pids = await query.pool.query<{ pid: number }>(
    'SELECT pid FROM pg_stat_activity WHERE datname = current_database()',
  );
  // The server's main process answers no query: those of the connections do.
  const hang = (signal: NodeJS.Signals) => {
    for (const { pid } of pids.rows) process.kill(pid, signal);
  };
  await postgres.kill('SIGSTOP');
  hang('SIGSTOP');
  expect(await summary('5h')).toMatchObject({ cache: 'stale', total: 1 });
  expect(await summary('6h')).toMatchObject(unavailable);
  expect(await receipt('waiting')).toBe('queued');
  expect(await receipt('stored')).toBe('unavailable');
  hang('SIGCONT');
  await postgres.kill('SIGCONT');
  await eventually(async () => 'cache' in (await summary('6h')));
});

test('without both, nothing is made up', async () => {
  nowMs = startMs;
  await cache('7h');
  await Promise.all([postgres.stop(), redis.stop()]);
  await redisIsGone();
  expect(await summary('7h')).toMatchObject(unavailable);
  expect(await receipt('stored')).toBe('unavailable');
  await Promise.all([postgres.start(), redis.start()]);
  await Promise.all([redisIsBack(), postgresIsBack()]);
  expect(await summary('7h')).toMatchObject({ total: 1 });
  expect(await receipt('stored')).toBe('stored');
});
