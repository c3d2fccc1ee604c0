import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { emptyDatabase } from '@event-platform/testkit/harness/empty-database';
import { testShard } from '@event-platform/testkit/harness/sample-events';
import { migrate } from './migrate.ts';

const shipped = new URL('./migrations', import.meta.url).pathname;

let pool: pg.Pool;
const database = emptyDatabase();
beforeAll(async () => {
  await database.create();
  pool = testShard(database.url).pool;
});
afterAll(async () => {
  await pool.end();
  await database.drop();
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

  test('a database of version 0.1.0 is refused in a sentence that says what to do, and is left as it was', async () => {
    const old = emptyDatabase();
    await old.create();
    const oldPool = testShard(old.url).pool;
    try {
      await oldPool.query(`
        CREATE TABLE events (id int);
        CREATE SCHEMA drizzle;
        CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint);
        INSERT INTO drizzle.__drizzle_migrations (hash, created_at)
        VALUES ('initial', 1795411297137), ('ledger_rounds', 1795800377371)`);
      await expect(migrate(old.url)).rejects.toThrow(
        /: the schema is that of version 0\.1\.0, .*use an empty database/,
      );
      const { rows } = await oldPool.query('SELECT count(*) FROM drizzle.__drizzle_migrations');
      expect(rows).toEqual([{ count: 2 }]);
    } finally {
      await oldPool.end();
      await old.drop();
    }
  });
});
