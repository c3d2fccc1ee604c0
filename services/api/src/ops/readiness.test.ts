import { afterAll, beforeAll, expect, test } from '@jest/globals';
import express from 'express';
import type { Redis } from 'ioredis';
import type pg from 'pg';
import { Registry } from 'prom-client';
import supertest from 'supertest';
import { createLogger } from '@event-platform/core/platform/logger';
import { createPool } from '@event-platform/core/platform/postgres';
import { createRequestRedis } from '@event-platform/core/platform/redis';
import { watchRefusal } from '@event-platform/core/platform/redis-refusal';
import { eventually } from '@event-platform/testkit/harness/eventually';
import {
  startOwnPostgres,
  startOwnRedis,
  type OwnServer,
} from '@event-platform/testkit/harness/own-servers';
import { createOpsRouter } from './ops-router.ts';
import { Readiness, type ReadinessDependencies } from './readiness.ts';

const logger = createLogger('test', 'silent');
let postgresServer: OwnServer;
let redisServer: OwnServer;
let redis: Redis;
let pool: pg.Pool;
let nowMs = 0;

beforeAll(async () => {
  [postgresServer, redisServer] = await Promise.all([startOwnPostgres(), startOwnRedis()]);
  redis = createRequestRedis(redisServer.url, 1_000, logger);
  pool = createPool(
    { url: postgresServer.url, max: 2, statementTimeoutMs: 5_000, applicationName: 'test' },
    logger,
  );
  await redisIsBack();
});

afterAll(async () => {
  redis.disconnect();
  await pool.end();
  await Promise.all([postgresServer.remove(), redisServer.remove()]);
});

const redisIsBack = () => eventually(() => redis.status === 'ready');
const redisIsGone = () => eventually(() => redis.status !== 'ready');
const rightSchema: ReadinessDependencies['schema'] = { problem: undefined, wasReady: true };
const create = (schema = rightSchema) =>
  new Readiness({
    redis,
    redisRefusal: watchRefusal(redis),
    warnings: () => [],
    directMode: { current: undefined },
    postgres: pool,
    schema,
    now: () => nowMs,
  });

test('both up: ready, and the detail says so once PostgreSQL was probed', async () => {
  const readiness = create();
  expect((await readiness.ready()).ok).toBe(true);
  await eventually(async () => {
    const detail = { redis: 'up', postgres: 'up', draining: false };
    expect(await readiness.ready()).toEqual({ ok: true, detail });
  });
});

test('one of the two is enough, none is not', async () => {
  const readiness = create();
  await redisServer.stop();
  await redisIsGone();
  expect(await readiness.ready()).toMatchObject({ ok: true, detail: { redis: 'down' } });
  await postgresServer.stop();
  nowMs += 2_000;
  const detail = { redis: 'down', postgres: 'down', draining: false };
  expect(await readiness.ready()).toEqual({ ok: false, detail });
  expect(readiness.live().ok).toBe(true);
  await redisServer.start();
  await redisIsBack();
  expect((await readiness.ready()).ok).toBe(true);
  await postgresServer.start();
});

test('a PostgreSQL that hangs counts as down, and delays no answer while Redis is up', async () => {
  await eventually(() => pool.query('SELECT 1'));
  const readiness = create();
  const backend = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const pid = backend.rows[0]?.pid ?? 0;
  await postgresServer.kill('SIGSTOP');
  process.kill(pid, 'SIGSTOP');
  expect(await readiness.ready()).toMatchObject({ ok: true, detail: { postgres: 'unknown' } });
  await redisServer.stop();
  await redisIsGone();
  expect(await readiness.ready()).toMatchObject({ ok: false, detail: { postgres: 'down' } });
  process.kill(pid, 'SIGCONT');
  await postgresServer.kill('SIGCONT');
  await redisServer.start();
  await redisIsBack();
});

test('however many ask, PostgreSQL is probed once in two seconds', async () => {
  await eventually(() => pool.query('SELECT 1'));
  let probes = 0;
  const onAcquire = () => {
    probes++;
  };
  pool.on('acquire', onAcquire);
  const readiness = create();
  await Promise.all(Array.from({ length: 50 }, () => readiness.ready()));
  await eventually(() => probes === 1);
  nowMs += 1_999;
  await readiness.ready();
  nowMs += 1;
  await readiness.ready();
  await eventually(() => probes === 2);
  pool.off('acquire', onAcquire);
});

test('a draining process is not ready, but lives', async () => {
  const readiness = create();
  const app = express().use(
    createOpsRouter({
      live: () => readiness.live(),
      ready: () => readiness.ready(),
      registry: new Registry(),
    }),
  );
  await supertest(app).get('/healthz/ready').expect(200);
  readiness.startDraining();
  await supertest(app).get('/healthz/ready').expect(503);
  await supertest(app).get('/healthz/live').expect(200, { status: 'ok' });
  await supertest(app).get('/metrics').expect(200);
});

test('a new process whose password Redis refuses is not ready and says why', async () => {
  await eventually(() => pool.query('SELECT 1'));
  const admin = createRequestRedis(redisServer.url, 1_000, logger);
  await eventually(() => admin.status === 'ready');
  await admin.config('SET', 'requirepass', 'right');
  const url = redisServer.url.replace('redis://', 'redis://:wrong@');
  const stranger = createRequestRedis(url, 1_000, logger);
  const newcomer = new Readiness({
    warnings: () => [],
    directMode: { current: undefined },
    redis: stranger,
    redisRefusal: watchRefusal(stranger),
    postgres: pool,
    schema: rightSchema,
    now: () => nowMs,
  });
  await eventually(async () => {
    const { ok, detail } = await newcomer.ready();
    expect(ok).toBe(false);
    expect(detail['redis']).toMatch(/^WRONGPASS/);
    expect(detail['postgres']).toBe('up');
  });

  // Once Redis takes the password, it is as ready as any.
  await admin.config('SET', 'requirepass', 'wrong');
  await eventually(async () => (await newcomer.ready()).ok && stranger.status === 'ready');
  await stranger.quit();
  await admin.quit();
});

test('a schema that is missing is named, and keeps a new process unready, not one whose schema was there', async () => {
  const problem = 'main: the schema is missing';
  const fresh = create({ problem, wasReady: false });
  const running = create({ problem, wasReady: true });
  expect(await fresh.ready()).toMatchObject({ ok: false, detail: { schema: problem } });
  expect(await running.ready()).toMatchObject({ ok: true, detail: { schema: problem } });
  await redisServer.stop();
  await redisIsGone();
  // What goes past the queue needs the tables.
  expect((await running.ready()).ok).toBe(false);
  await redisServer.start();
  await redisIsBack();
});
