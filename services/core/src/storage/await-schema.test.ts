import { afterAll, expect, test } from '@jest/globals';
import { rmSync } from 'node:fs';
import { emptyDatabase } from '@event-platform/testkit/harness/empty-database';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { makeNextMigrations } from '@event-platform/testkit/harness/next-migrations';
import { awaitSchema } from './await-schema.ts';
import { migrate } from './migrate.ts';

const database = emptyDatabase();
const folder = makeNextMigrations({
  tag: '9998_next',
  sql: '-- breaks: no\nCREATE TABLE next_table (id int)',
});
const breaking = makeNextMigrations({
  tag: '9999_breaking',
  sql: `-- breaks: yes\nINSERT INTO breaking_migrations (tag) VALUES ('9999_breaking')`,
});
afterAll(async () => {
  await database.drop();
  for (const made of [folder, breaking]) rmSync(made, { recursive: true });
});

test('waiting outlasts a missing database, a missing schema and an older schema, in that order', async () => {
  const reasons: string[] = [];
  let isReady = false;
  const logged = (pattern: RegExp) =>
    eventually(() => expect(reasons).toContainEqual(expect.stringMatching(pattern)));
  const waiting = awaitSchema(database.url, {
    folder,
    everyMs: 20,
    onWait: (reason) => reasons.push(reason),
  }).then(() => (isReady = true));

  await logged(/database .* does not exist/);
  await database.create();
  await logged(/schema is missing/);
  await migrate(database.url);
  await logged(/newest migration is missing/);
  expect(isReady).toBe(false);
  await migrate(database.url, { folder });
  await waiting;
  expect(reasons).toEqual([...new Set(reasons)]);
});

test('an older version works on a schema that a later one has migrated without breaking it', async () => {
  await awaitSchema(database.url);
  await migrate(database.url);
});

test('an older version refuses a schema with a breaking migration of a later one, in a sentence', async () => {
  const refused = emptyDatabase();
  await refused.create();
  try {
    await migrate(refused.url, { folder: breaking });
    const sentence = /: the schema is newer than this version can read: .*9999_breaking/;
    await expect(awaitSchema(refused.url)).rejects.toThrow(sentence);
    await expect(migrate(refused.url)).rejects.toThrow(sentence);
    await awaitSchema(refused.url, { folder: breaking });
  } finally {
    await refused.drop();
  }
});

test('a PostgreSQL that does not answer is waited for, and the reason says so', async () => {
  const reasons: string[] = [];
  const stop = new AbortController();
  const unreachable = 'postgresql://postgres@127.0.0.1:1/postgres';
  const waiting = awaitSchema(unreachable, {
    onWait: (reason) => reasons.push(reason),
    signal: stop.signal,
  });
  await eventually(() => expect(reasons).toEqual([expect.stringMatching(/ECONNREFUSED/)]));
  stop.abort();
  await expect(waiting).rejects.toThrow('aborted');
});
