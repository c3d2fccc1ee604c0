import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { migrate } from '@event-platform/core/storage/migrate';
import type { Shard } from '@event-platform/core/storage/placement/shards';
import { startOwnPostgres, type OwnServer } from '@event-platform/testkit/harness/own-servers';
import { testShard } from '@event-platform/testkit/harness/sample-events';
import { registerTableSizeMetrics } from './table-size-metrics.ts';

let postgres: OwnServer;
let shard: Shard;
beforeAll(async () => {
  postgres = await startOwnPostgres();
  await migrate(postgres.url);
  shard = testShard(postgres.url);
});
afterAll(async () => {
  await shard.pool.end();
  await postgres.remove();
});

test('sizes stay known while PostgreSQL is unavailable', async () => {
  const registry = new Registry();
  let nowMs = 0;
  registerTableSizeMetrics(registry, [shard], () => nowMs);
  const known = await registry.metrics();
  expect(known).toMatch(
    /^database_table_bytes\{shard="main",table="events_p0+",part="toast"\} \d+$/m,
  );
  await postgres.stop();
  nowMs += 3_600_000;
  expect(await registry.metrics()).toBe(known);
});
