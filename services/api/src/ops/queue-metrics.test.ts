import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { queueKeys } from '@event-platform/core/platform/queue-names';
import { createLogger } from '@event-platform/core/platform/logger';
import { createRequestRedis } from '@event-platform/core/platform/redis';
import { TextQueue } from '@event-platform/core/queue/text-job';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { startOwnRedis, type OwnServer } from '@event-platform/testkit/harness/own-servers';
import { registerQueueMetrics } from './queue-metrics.ts';

const prefix = '{metrics}';
const keys = queueKeys(prefix, 'events');
const memory = { ratio: 0 };
const registry = new Registry();
let server: OwnServer;
let redis: Redis;
let queue: TextQueue;
let nowMs = Date.now();
let stalledSeconds = 0;

beforeAll(async () => {
  server = await startOwnRedis();
  redis = createRequestRedis(server.url, 1_500, createLogger('test', 'silent'));
  await eventually(() => redis.status === 'ready');
  queue = new TextQueue('events', { connection: redis, prefix });
  queue.on('error', () => undefined);
  registerQueueMetrics({
    registry,
    redis,
    queue,
    keys,
    memory,
    maxPendingEvents: 28,
    stalledSeconds: () => stalledSeconds,
    now: () => nowMs,
  });
});

afterAll(async () => {
  await queue.close();
  redis.disconnect();
  await server.remove();
});

/** The samples of a scrape; metrics without one are absent. */
async function scrape(): Promise<Record<string, number>> {
  const lines = (await registry.metrics()).split('\n').filter((line) => /^[a-z]/.test(line));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  );
}

test('an empty queue shows zeros', async () => {
  expect(await scrape()).toEqual({
    'bullmq_queue_waiting{queue="events"}': 0,
    'bullmq_queue_jobs{queue="events",state="wait"}': 0,
    'bullmq_queue_jobs{queue="events",state="prioritized"}': 0,
    'bullmq_queue_jobs{queue="events",state="active"}': 0,
    'bullmq_queue_jobs{queue="events",state="delayed"}': 0,
    'bullmq_queue_jobs{queue="events",state="failed"}': 0,
    'bullmq_oldest_job_age_seconds{queue="events"}': 0,
    'bullmq_queue_paused{queue="events"}': 0,
    queue_pending_events: 0,
    queue_pending_ratio: 0,
    queue_stalled_seconds: 0,
  });
});

test('waiting is what a worker could take: plain and prioritized jobs', async () => {
  const addedMs = Date.now();
  await queue.add('events', 'x', { priority: 9, timestamp: addedMs - 5_000 });
  await queue.add('events', 'x', { priority: 3, timestamp: addedMs - 60_000 });
  await queue.add('events', 'x', { delay: 3_600_000 });
  await redis.set(keys.pending, 7);
  memory.ratio = 0.25;
  stalledSeconds = 61;
  nowMs = addedMs;
  expect(await scrape()).toMatchObject({
    'bullmq_queue_waiting{queue="events"}': 2,
    'bullmq_queue_jobs{queue="events",state="prioritized"}': 2,
    'bullmq_queue_jobs{queue="events",state="delayed"}': 1,
    'bullmq_oldest_job_age_seconds{queue="events"}': 60,
    queue_pending_events: 7,
    queue_pending_ratio: 0.25,
    queue_stalled_seconds: 61,
    redis_memory_used_ratio: 0.25,
  });
});

test('a paused queue says so until it is resumed', async () => {
  await queue.pause();
  expect(await scrape()).toMatchObject({ 'bullmq_queue_paused{queue="events"}': 1 });
  await queue.resume();
  expect(await scrape()).toMatchObject({ 'bullmq_queue_paused{queue="events"}': 0 });
});

test('the job next in turn is a plain one, where there is one', async () => {
  await queue.add('events', 'x', { timestamp: nowMs - 120_000 });
  await queue.add('events', 'x', { timestamp: nowMs - 1_000 });
  expect(await scrape()).toMatchObject({
    'bullmq_queue_waiting{queue="events"}': 4,
    'bullmq_queue_jobs{queue="events",state="wait"}': 2,
    'bullmq_oldest_job_age_seconds{queue="events"}': 120,
  });
});

test('a head job that is gone by the second read has no age', async () => {
  await redis.rpush(queue.toKey('wait'), 'vanished');
  expect(await scrape()).toMatchObject({ 'bullmq_oldest_job_age_seconds{queue="events"}': 0 });
  await redis.lrem(queue.toKey('wait'), 1, 'vanished');
});

test('without Redis the numbers are absent rather than old, and come back with it', async () => {
  await server.stop();
  await eventually(() => redis.status !== 'ready');
  expect(await scrape()).toEqual({});
  await server.start();
  await eventually(() => redis.status === 'ready');
  expect(await scrape()).toMatchObject({ 'bullmq_queue_waiting{queue="events"}': 4 });
});

test('a Redis that hangs leaves the numbers out and the scrape answered', async () => {
  await server.kill('SIGSTOP');
  expect(await scrape()).toEqual({});
  await server.kill('SIGCONT');
  await eventually(async () => 'queue_pending_events' in (await scrape()));
});
