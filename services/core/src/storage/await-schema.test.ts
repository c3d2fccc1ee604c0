import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { readHarnessEnv } from '@event-platform/testkit/harness/harness-env';
import { testShard } from '@event-platform/testkit/harness/sample-events';
import { awaitSchema } from './await-schema.ts';
import { migrate, migrationsFolder } from './migrate.ts';

const { postgresUrl } = readHarnessEnv();
const name = `unmigrated_${randomBytes(6).toString('hex')}`;
const url = new URL(postgresUrl);
url.pathname = name;

let admin: pg.Pool;
let folder: string;
beforeAll(() => {
  admin = testShard(postgresUrl, { max: 1 }).pool;
  folder = mkdtempSync(join(tmpdir(), 'event-platform-next-'));
  cpSync(migrationsFolder, folder, { recursive: true });
});
afterAll(async () => {
  await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await admin.end();
  rmSync(folder, { recursive: true });
});

/** The migrations of a later version: those of this one, and one more. */
function addMigration(): void {
  const path = join(folder, 'meta/_journal.json');
  const journal = JSON.parse(readFileSync(path, 'utf8')) as { entries: { when: number }[] };
  const last = journal.entries.at(-1);
  if (!last) throw new Error('no migration is shipped');
  const next = { ...last, idx: journal.entries.length, when: last.when + 1, tag: '9999_next' };
  writeFileSync(path, JSON.stringify({ ...journal, entries: [...journal.entries, next] }));
  writeFileSync(join(folder, '9999_next.sql'), 'CREATE TABLE next_table (id int)');
}

test('waiting outlasts a missing database, a missing schema and an older schema, in that order', async () => {
  addMigration();
  const reasons: string[] = [];
  let isThere = false;
  const logged = (pattern: RegExp) =>
    eventually(() => expect(reasons).toContainEqual(expect.stringMatching(pattern)));
  const waiting = awaitSchema(url.href, {
    folder,
    everyMs: 20,
    onWait: (reason) => reasons.push(reason),
  }).then(() => (isThere = true));

  await logged(/database .* does not exist/);
  await admin.query(`CREATE DATABASE ${name}`);
  await logged(/__drizzle_migrations.* does not exist/);
  await migrate(url.href);
  await logged(/newest migration is missing/);
  expect(isThere).toBe(false);
  await migrate(url.href, { folder });
  await waiting;
  expect(reasons).toEqual([...new Set(reasons)]);
});

test('an older version does not wait on a database that a later one has migrated', async () => {
  await awaitSchema(url.href);
});

test('a PostgreSQL that does not answer is waited for, and the reason says so', async () => {
  const reasons: string[] = [];
  const stop = new AbortController();
  const nobody = 'postgresql://postgres@127.0.0.1:1/postgres';
  const waiting = awaitSchema(nobody, {
    onWait: (reason) => reasons.push(reason),
    signal: stop.signal,
  });
  await eventually(() => expect(reasons).toEqual([expect.stringMatching(/ECONNREFUSED/)]));
  stop.abort();
  await expect(waiting).rejects.toThrow('aborted');
});
