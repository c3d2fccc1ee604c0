import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rmSync } from 'node:fs';
import { Registry } from 'prom-client';
import { emptyDatabase } from '@event-platform/testkit/harness/empty-database';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { makeNextMigrations } from '@event-platform/testkit/harness/next-migrations';
import { testShard } from '@event-platform/testkit/harness/sample-events';
import { createLogger } from '../platform/logger.ts';
import { migrate } from './migrate.ts';
import type { Shard } from './placement/shards.ts';
import { SchemaWatch } from './schema-watch.ts';

const database = emptyDatabase();
const breaking = makeNextMigrations({
  tag: '9999_breaking',
  sql: `-- breaks: yes\nINSERT INTO breaking_migrations (tag) VALUES ('9999_breaking')`,
});
let shard: Shard;
beforeAll(async () => {
  await database.create();
  shard = testShard(database.url);
});
afterAll(async () => {
  await shard.pool.end();
  await database.drop();
  rmSync(breaking, { recursive: true });
});

function watchSchema() {
  const registry = new Registry();
  const logger = createLogger('test', 'silent');
  const shards = { all: [shard], directory: shard.pool };
  const watch = new SchemaWatch({ shards, registry, logger, everyMs: 20 });
  const metric = async () => {
    const text = await registry.metrics();
    return /^postgres_schema_ready\{shard="\w+"\} (\d)$/m.exec(text)?.[1];
  };
  return { watch, metric };
}

test('an empty database is named by the problem and the metric until it is migrated, and again when its schema is lost', async () => {
  const { watch, metric } = watchSchema();
  await watch.start();
  expect(watch.problem).toMatch(/: the schema is missing/);
  expect(watch.wasReady).toBe(false);
  expect(await metric()).toBe('0');

  await migrate(database.url);
  await watch.ready;
  expect(watch.problem).toBeUndefined();
  expect(await metric()).toBe('1');

  await shard.pool.query('ALTER SCHEMA drizzle RENAME TO lost');
  await eventually(() => expect(watch.problem).toMatch(/: the schema is missing/));
  expect(watch.wasReady).toBe(true);
  expect(await metric()).toBe('0');
  await shard.pool.query('ALTER SCHEMA lost RENAME TO drizzle');
  await eventually(() => expect(watch.problem).toBeUndefined());
  await watch.stop();
});

test('a schema that breaks this version is refused by a new process; one that was ready names it and goes on', async () => {
  const running = watchSchema().watch;
  await running.start();
  expect(running.wasReady).toBe(true);
  await migrate(database.url, { folder: breaking });
  await eventually(() => expect(running.problem).toMatch(/newer than this version can read/));
  expect(running.wasReady).toBe(true);

  const fresh = watchSchema().watch;
  await fresh.start();
  expect((await fresh.refused).message).toMatch(/has the breaking migration 9999_breaking/);
  expect(fresh.wasReady).toBe(false);
  await Promise.all([running.stop(), fresh.stop()]);
});
