import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';

/** Where the SQL lies: beside this file, and beside the bundle in an image. */
export const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url));

/** Any constant will do, as long as every version of ours takes the same one. */
const advisoryLock = 7_203_114;

/**
 * Brings one database to the newest schema. Safe to run from many processes at once, and again:
 * drizzle takes no lock of its own, so an advisory lock lets one work and the rest wait.
 *
 * @param databaseUrl PostgreSQL 15 or later
 * @param options.folder where the SQL lies; beside this file unless bundled elsewhere
 * @throws the error of PostgreSQL; a failed migration leaves nothing half done
 */
export async function migrate(
  databaseUrl: string,
  options: { folder?: string } = {},
): Promise<void> {
  const folder = options.folder ?? migrationsFolder;
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'event-platform-migrate',
    connectionTimeoutMillis: 5_000,
  });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [advisoryLock]);
    await applyMigrations(drizzle(client), { migrationsFolder: folder });
  } finally {
    // The session's end releases the lock, also when the migration failed.
    await client.end();
  }
}
