import { describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { is } from 'drizzle-orm';
import { getTableConfig, PgTable, type IndexedColumn } from 'drizzle-orm/pg-core';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { eventColumns } from '../event/columns.ts';
import * as schema from './schema.ts';

// schema.ts is what the code believes, migrations/ is what PostgreSQL has: here they meet.

const home = useTestStore();

async function query<Row extends object>(statement: string): Promise<Row[]> {
  return (await home.pool.query<Row>(statement)).rows;
}

const tables = Object.values(schema)
  .filter((value) => is(value, PgTable))
  .map((table) => getTableConfig(table));

/** As PostgreSQL's format_type writes it. */
const typeName = (sqlType: string) => sqlType.replace(/^varchar/, 'character varying');

describe('schema.ts and the migrated database', () => {
  test('have the same tables', async () => {
    const found = await query<{ name: string }>(
      `SELECT relname AS name FROM pg_class
       WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
       ORDER BY relname COLLATE "C"`,
    );
    expect(found.map((row) => row.name)).toEqual(tables.map((table) => table.name).sort());
  });

  test('have the same columns in the same order: types, nullability, defaults', async () => {
    const found = await query(
      `SELECT c.relname AS "table", a.attname AS name, a.attnotnull AS "notNull",
         a.atthasdef AS "hasDefault", format_type(a.atttypid, a.atttypmod) AS type
       FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
         AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
       ORDER BY c.relname COLLATE "C", a.attnum`,
    );
    const believed = tables
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((table) =>
        table.columns.map((column) => ({
          table: table.name,
          name: column.name,
          notNull: column.notNull,
          hasDefault: column.hasDefault,
          type: typeName(column.getSQLType()),
        })),
      );
    expect(found).toEqual(believed);
  });

  test('of the events have every column of the list of columns, and stored_at', () => {
    const { columns = [] } = tables.find(({ name }) => name === 'events') ?? {};
    const written = columns.filter(({ name }) => name !== 'stored_at');
    const shapes = written.map((column) => ({
      name: column.name,
      pgType: column
        .getSQLType()
        .replace(/^varchar.*/, 'text')
        .replace(/^timestamp.*/, 'timestamptz'),
    }));
    const listed = eventColumns.map(({ name, pgType }) => ({ name, pgType }));
    expect(new Set(shapes)).toEqual(new Set(listed));
    expect(written.every(({ notNull }) => notNull)).toBe(true);
  });

  test('have the same primary keys and indexes', async () => {
    const found = await query<{ name: string; columns: string }>(
      `SELECT t.relname || CASE WHEN i.indisprimary THEN ' primary key'
           ELSE ' ' || c.relname || CASE WHEN i.indisunique THEN ' unique' ELSE '' END END AS name,
         (SELECT string_agg(a.attname, ',' ORDER BY k.place)
          FROM unnest(i.indkey) WITH ORDINALITY AS k (number, place)
          JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = k.number
          WHERE k.place <= i.indnkeyatts) AS columns
       FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid
         JOIN pg_class AS t ON t.oid = i.indrelid
       WHERE t.relnamespace = 'public'::regnamespace AND NOT t.relispartition`,
    );
    const believed = tables.flatMap((table) => {
      const inline = table.columns.filter((column) => column.primary).map((column) => column.name);
      const keys = table.primaryKeys.map((key) => key.columns.map((column) => column.name));
      return [
        ...[...keys, ...(inline.length > 0 ? [inline] : [])].map((columns) => ({
          name: `${table.name} primary key`,
          columns: columns.join(','),
        })),
        ...table.indexes.map(({ config }) => ({
          name: `${table.name} ${config.name ?? ''}${config.unique ? ' unique' : ''}`,
          columns: config.columns.map((column) => (column as IndexedColumn).name).join(','),
        })),
      ];
    });
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    expect(found.sort(byName)).toEqual(believed.sort(byName));
  });

  test('leave drizzle-kit nothing to generate', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'event-platform-drift-'));
    try {
      cpSync(new URL('./migrations', import.meta.url).pathname, folder, { recursive: true });
      const before = readdirSync(folder);
      const cwd = new URL('../..', import.meta.url).pathname;
      const bin = new URL('../../../../node_modules/.bin/drizzle-kit', import.meta.url).pathname;
      // drizzle-kit puts `./` before an absolute path.
      const out = relative(cwd, folder);
      const { stdout } = await promisify(execFile)(
        bin,
        [
          'generate',
          '--dialect',
          'postgresql',
          '--schema',
          './src/storage/schema.ts',
          '--out',
          out,
        ],
        { cwd },
      );
      expect(stdout).toContain('No schema changes');
      expect(readdirSync(folder)).toEqual(before);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('what drizzle cannot say', () => {
  test('events are spread over eight hash partitions by account', async () => {
    const found = await query<{ bound: string }>(
      `SELECT pg_get_expr(relpartbound, oid) AS bound FROM pg_class
       WHERE relispartition AND relkind = 'r' ORDER BY relname`,
    );
    expect(found.map((row) => row.bound)).toEqual(
      Array.from({ length: 8 }, (_, r) => `FOR VALUES WITH (modulus 8, remainder ${r})`),
    );
    const [key] = await query(`SELECT pg_get_partkeydef('events'::regclass) AS key`);
    expect(key).toEqual({ key: expect.stringMatching(/^HASH \(account_id/) });
  });

  test('every text that is compared or ordered sorts by byte', async () => {
    const others = await query<{ name: string }>(
      `SELECT c.relname || '.' || a.attname AS name
       FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
         JOIN pg_collation AS l ON l.oid = a.attcollation
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'i', 'I')
         AND a.attnum > 0 AND a.attname IN ('account_id', 'event_id', 'user_id', 'type')
         AND l.collname <> 'C'`,
    );
    expect(others).toEqual([]);
  });

  test('the index by time holds type and user, so that summaries need no rows', async () => {
    const [index] = await query<{ definition: string }>(
      `SELECT pg_get_indexdef('events_by_time'::regclass) AS definition`,
    );
    expect(index?.definition).toMatch(/\(account_id, "?timestamp"?\) INCLUDE \(type, user_id\)$/);
  });

  test('every unique key includes the account and no foreign key exists, as Citus requires', async () => {
    const keys = await query<{ keyed: boolean; kind: string }>(
      `SELECT contype AS kind, conrelid::regclass || ': ' || pg_get_constraintdef(oid) AS definition
       FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('u', 'p', 'f')
         AND pg_get_constraintdef(oid) NOT LIKE '%(account_id%' AND conrelid NOT IN ('api_keys'::regclass, 'status_minutes'::regclass, 'ledger_runs'::regclass, 'breaking_migrations'::regclass, 'maintainer_lease'::regclass)`,
    );
    expect(keys).toEqual([]);
  });
});
