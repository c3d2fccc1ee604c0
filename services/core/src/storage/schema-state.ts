import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { z } from 'zod';

/** Where the SQL lies: beside this file, and beside the bundle in an image. */
export const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url));

const journalSchema = z.object({
  entries: z.array(z.object({ when: z.number(), tag: z.string() })).nonempty(),
});

/** The migrations of a build, oldest first; `when` is the time in epoch milliseconds that drizzle records. */
export type Migrations = z.infer<typeof journalSchema>['entries'];

/** Reads the list of the migrations that a build ships. */
export function readMigrations(folder = migrationsFolder): Migrations {
  const journal: unknown = JSON.parse(readFileSync(join(folder, 'meta/_journal.json'), 'utf8'));
  return journalSchema.parse(journal).entries;
}

/**
 * How the schema of a database suits a build. `missing` and `outdated` are mended by a migration; with `newer` and
 * `unsupported` this build cannot work, however long it waits.
 */
export type SchemaState =
  { kind: 'ready' } | { kind: 'missing' | 'outdated' | 'newer' | 'unsupported'; problem: string };

/**
 * Compares the migrations that a database has with those of a build. Migrations of a later build are no problem
 * unless one of them is recorded in `breaking_migrations`.
 *
 * @throws the error of PostgreSQL
 */
export async function readSchemaState(
  database: Pick<pg.Pool, 'query'>,
  migrations: Migrations,
): Promise<SchemaState> {
  const { rows } = await database.query<{ isMigrated: boolean; isMarked: boolean }>(
    `SELECT to_regclass('drizzle.__drizzle_migrations') IS NOT NULL AS "isMigrated",
            to_regclass('breaking_migrations') IS NOT NULL AS "isMarked"`,
  );
  if (rows[0]?.isMigrated !== true) return missing;
  const applied = await readApplied(database);
  if (applied === undefined) return missing;
  const times = migrations.map(({ when }) => when);
  if (applied.firstMs < Math.min(...times)) return unsupported;
  // The first migration creates the table: a database that has migrations and not the table lost it.
  const breaking = rows[0].isMarked ? await readBreaking(database) : [];
  const tags = new Set(migrations.map(({ tag }) => tag));
  const tooNew = breaking.find((tag) => !tags.has(tag));
  if (tooNew !== undefined) return newer(tooNew);
  return applied.newestMs < Math.max(...times) ? outdated : { kind: 'ready' };
}

async function readApplied(database: Pick<pg.Pool, 'query'>) {
  const { rows } = await database.query<{ first: string | number; newest: string | number }>(
    'SELECT min(created_at) AS first, max(created_at) AS newest FROM drizzle.__drizzle_migrations HAVING count(*) > 0',
  );
  // bigint is text or a number, depending on who set up the client.
  return rows[0] && { firstMs: Number(rows[0].first), newestMs: Number(rows[0].newest) };
}

async function readBreaking(database: Pick<pg.Pool, 'query'>): Promise<string[]> {
  const { rows } = await database.query<{ tag: string }>('SELECT tag FROM breaking_migrations');
  return rows.map(({ tag }) => tag);
}

const missing: SchemaState = {
  kind: 'missing',
  problem: 'the schema is missing: no migration was applied to this database',
};

const outdated: SchemaState = {
  kind: 'outdated',
  problem: 'the schema is older than this version: its newest migration is missing',
};

const unsupported: SchemaState = {
  kind: 'unsupported',
  problem:
    'the schema is that of version 0.1.0, which this version cannot migrate: use an empty database (docs/upgrades.md says how to keep the events)',
};

const newer = (tag: string): SchemaState => ({
  kind: 'newer',
  problem: `the schema is newer than this version can read: it has the breaking migration ${tag}; use a version that has it too`,
});
