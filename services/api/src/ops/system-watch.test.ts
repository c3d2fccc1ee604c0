import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { queueKeys } from '@event-platform/core/platform/queue-names';
import type { Shard } from '@event-platform/core/storage/placement/shards';
import { createLogger } from '@event-platform/core/platform/logger';
import { createRequestRedis } from '@event-platform/core/platform/redis';
import { TextQueue } from '@event-platform/core/queue/text-job';
import { eventually } from '@event-platform/testkit/harness/eventually';
import {
  startOwnPostgres,
  startOwnRedis,
  type OwnServer,
} from '@event-platform/testkit/harness/own-servers';
import { testShard } from '@event-platform/testkit/harness/sample-events';
import { registerServerMetrics } from './server-metrics.ts';
import { SystemWatch } from './system-watch.ts';

let redisServer: OwnServer;
let postgres: OwnServer;
let redis: Redis;
let queue: TextQueue;
let shard: Shard;
let watch: SystemWatch;
let nowMs = Date.now();
const registry = new Registry();

beforeAll(async () => {
  [redisServer, postgres] = await Promise.all([startOwnRedis(), startOwnPostgres()]);
  redis = createRequestRedis(redisServer.url, 300, createLogger('test', 'silent'));
  await eventually(() => redis.status === 'ready');
  queue = new TextQueue('events', { connection: redis, prefix: '{w}' });
  queue.on('error', () => undefined);
  shard = testShard(postgres.url);
  const keys = queueKeys('{w}', 'events');
  watch = new SystemWatch({ redis, queue, keys, databases: [shard], now: () => nowMs });
  registerServerMetrics(registry, watch);
  await watch.start();
});
afterEach(async () => {
  await redisServer.kill('SIGCONT');
  await postgres.kill('SIGCONT');
});
afterAll(async () => {
  await watch.stop();
  await queue.close();
  redis.disconnect();
  await shard.pool.end();
  await Promise.all([redisServer.remove(), postgres.remove()]);
});

const up = async () => {
  const text = await registry.metrics();
  const read = (name: string) =>
    Number(new RegExp(`^${name}(?:\\{.*\\})? (\\d)$`, 'm').exec(text)?.[1]);
  return { redis: read('redis_up'), postgres: read('postgres_up') };
};

test('a queue is stalled once its head has not moved for a while, and no longer when it moves', async () => {
  expect(watch.isQueueStalled()).toBe(false);
  const first = await queue.add('events', 'x', { priority: 1 });
  await queue.add('events', 'x', { priority: 1 });
  await eventually(() => watch.queue?.head === first.id);
  expect(watch.isQueueStalled()).toBe(false);
  nowMs += 6_000;
  expect(watch.isQueueStalled()).toBe(true);
  expect(watch.stalledSeconds).toBeGreaterThanOrEqual(6);
  await first.remove();
  await eventually(() => !watch.isQueueStalled());
  nowMs += 6_000;
  await queue.obliterate({ force: true });
  await eventually(() => !watch.isQueueStalled());
  expect(watch.stalledSeconds).toBe(0);
});

test('servers that hang or are gone count as down, and as up when they answer again', async () => {
  expect(await up()).toEqual({ redis: 1, postgres: 1 });
  await postgres.kill('SIGSTOP');
  await eventually(async () => (await up()).postgres === 0);
  expect((await up()).redis).toBe(1);
  await postgres.kill('SIGCONT');
  await eventually(async () => (await up()).postgres === 1);
  await redisServer.kill('SIGSTOP');
  await eventually(async () => (await up()).redis === 0);
  expect(redis.status).toBe('ready');
  await redisServer.kill('SIGCONT');
  await eventually(async () => (await up()).redis === 1);
  await redisServer.stop();
  await eventually(async () => (await up()).redis === 0);
  await eventually(() => watch.queue === undefined);
  await redisServer.start();
  await eventually(async () => (await up()).redis === 1 && watch.queue !== undefined);
});
