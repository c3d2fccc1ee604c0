import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { decodeJob } from '@event-platform/core/event/job';
import { createLogger } from '@event-platform/core/platform/logger';
import { queueKeys } from '@event-platform/core/platform/queue-names';
import { PendingIds } from '@event-platform/core/queue/pending-ids';
import { TextQueue, TextWorker } from '@event-platform/core/queue/text-job';
import { createStoreMetrics } from '@event-platform/core/storage/write/store-metrics';
import { addPendingIds } from '@event-platform/testkit/harness/add-pending-ids';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { eventRows, jobText } from '@event-platform/testkit/harness/sample-events';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { createFailedJobSweep } from './failed-job-sweep.ts';

const corner = testRedis();
const redis = new Redis(corner.url, { maxRetriesPerRequest: null });
const queue = new TextQueue('events', { connection: redis, prefix: corner.prefix });
const keys = queueKeys(corner.prefix, 'events');
const home = useTestStore();
const registry = new Registry();
let sweep: () => Promise<boolean>;

beforeAll(() => {
  const { shard } = home;
  const shards = {
    all: [shard],
    directory: shard.pool,
    forAccount: () => shard,
    close: () => Promise.resolve(),
  };
  const metrics = createStoreMetrics(registry, 10);
  const logger = createLogger('test', 'silent');
  sweep = createFailedJobSweep({ queue, redis, keys, shards, metrics, logger });
});
afterAll(async () => {
  await queue.close();
  await redis.quit();
  await corner.cleanup();
});

test('the events of a failed job are stored, counted, and no longer pending', async () => {
  const rows = eventRows(3);
  const text = jobText(rows);
  await redis.incrby(keys.pending, rows.length);
  await addPendingIds(redis, keys, [decodeJob(text)]);
  await queue.add('events', text, { attempts: 1, removeOnComplete: true });
  const worker = new TextWorker('events', () => Promise.reject(new Error('no luck')), {
    connection: redis,
    prefix: corner.prefix,
  });
  await eventually(async () => (await queue.getFailedCount()) === 1);
  await worker.close();

  expect(await sweep()).toBe(true);
  expect((await home.pool.query('SELECT FROM events')).rowCount).toBe(3);
  expect(await queue.getFailedCount()).toBe(0);
  expect(await redis.get(keys.pending)).toBe('0');
  const [first] = rows;
  const pendingIds = new PendingIds(redis, keys);
  expect(await pendingIds.has(first?.account_id ?? '', first?.event_id ?? '')).toBe(false);
  const stored = await registry.getSingleMetric('events_stored_total')?.get();
  expect(stored?.values[0]?.value).toBe(3);
});
