import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { readHarnessEnv } from '@event-platform/testkit/harness/harness-env';
import { testShard } from '@event-platform/testkit/harness/sample-events';
import { migrate } from './migrate.ts';

const shipped = new URL('./migrations', import.meta.url).pathname;

/** An empty database, unlike those of `createTestDatabase`, which are migrated. */
function emptyDatabase() {
  const { postgresUrl } = readHarnessEnv();
  const name = `empty_${randomBytes(6).toString('hex')}`;
  const url = new URL(postgresUrl);
  url.pathname = name;
  return { name, url: url.href, postgresUrl };
}

let admin: pg.Pool;
let pool: pg.Pool;
const database = emptyDatabase();
beforeAll(async () => {
  admin = testShard(database.postgresUrl, { max: 1 }).pool;
  await admin.query(`CREATE DATABASE ${database.name}`);
  pool = testShard(database.url).pool;
});
afterAll(async () => {
  await pool.end();
  await admin.query(`DROP DATABASE ${database.name} WITH (FORCE)`);
  await admin.end();
});

async function applied(): Promise<unknown[]> {
  const { rows } = await pool.query<object>('SELECT hash FROM drizzle.__drizzle_migrations');
  return rows;
}

const shippedCount = (
  JSON.parse(readFileSync(join(shipped, 'meta/_journal.json'), 'utf8')) as { entries: unknown[] }
).entries.length;

describe('migrating', () => {
  test('from four places at once works, and each migration is applied once', async () => {
    await Promise.all(Array.from({ length: 4 }, () => migrate(database.url)));
    expect(await applied()).toHaveLength(shippedCount);
  });

  test('again changes nothing and keeps what is stored', async () => {
    await pool.query(`INSERT INTO event_counts VALUES ('acme', now(), 'click', 7)`);
    await migrate(database.url);
    expect(await applied()).toHaveLength(shippedCount);
    expect((await pool.query('SELECT count FROM event_counts')).rows).toEqual([{ count: 7 }]);
  });

  test('leaves nothing half done when a migration fails, and the next try is not locked out', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'event-platform-migrations-'));
    try {
      cpSync(shipped, folder, { recursive: true });
      const journalFile = join(folder, 'meta/_journal.json');
      const journal = JSON.parse(readFileSync(journalFile, 'utf8')) as { entries: object[] };
      journal.entries.push({
        ...journal.entries.at(-1),
        idx: journal.entries.length,
        when: Date.now(),
        tag: '9999_broken',
      });
      writeFileSync(journalFile, JSON.stringify(journal));
      const broken =
        'CREATE TABLE half_done (id int);\n--> statement-breakpoint\nSELECT no_such_thing;';
      writeFileSync(join(folder, '9999_broken.sql'), broken);
      await expect(migrate(database.url, { folder })).rejects.toThrow();
      const { rows } = await pool.query(`SELECT to_regclass('half_done') AS found`);
      expect(rows).toEqual([{ found: null }]);
      await migrate(database.url);
      expect(await applied()).toHaveLength(shippedCount);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('where there is no PostgreSQL fails instead of waiting', async () => {
    await expect(migrate('postgres://127.0.0.1:1/none')).rejects.toThrow(/ECONNREFUSED/);
  });
});
