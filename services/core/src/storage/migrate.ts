import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator';
import { openClient } from '../platform/postgres.ts';

/** Where the SQL lies: beside this file, and beside the bundle in an image. */
export const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url));

/** Any constant will do, as long as every version of ours takes the same one. */
const advisoryLock = 7_203_114;

// Of the transaction, not of the session, as the lock: behind a pooler either would stay with a session
// that somebody else goes on using.
const lift = `
SELECT set_config(name, '0', true) FROM unnest($1::text[]) AS name
WHERE current_setting(name, true) IS NOT NULL`;

/** A migration, and the wait for one, take as long as they take. */
const unlimited = [
  'statement_timeout',
  'lock_timeout',
  'transaction_timeout',
  'idle_in_transaction_session_timeout',
];

/**
 * Brings one database to the newest schema. Safe to run from many processes at once, and again:
 * drizzle takes no lock of its own, so an advisory lock lets one work and the rest wait. All of it
 * happens in one transaction. Works behind a pooler in transaction mode too.
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
  const { client } = await openClient({
    url: databaseUrl,
    applicationName: 'event-platform-migrate',
    connectTimeoutMs: 5_000,
    statementTimeoutMs: 0,
    idleInTransactionMs: 0,
  });
  try {
    await client.query('BEGIN ISOLATION LEVEL READ COMMITTED');
    await client.query(lift, [unlimited]);
    await client.query('SELECT pg_advisory_xact_lock($1)', [advisoryLock]);
    // Its own BEGIN changes nothing in a transaction, but for a warning in the server's log; its COMMIT
    // ends the one that holds the lock.
    await applyMigrations(drizzle(client), { migrationsFolder: folder });
  } finally {
    // Rolls back what is left of a failed one.
    await client.end();
  }
}
