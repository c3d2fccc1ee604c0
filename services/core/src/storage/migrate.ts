import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator';
import { ConfigError } from '../platform/env.ts';
import { openClient } from '../platform/postgres.ts';
import { migrationsFolder, readMigrations, readSchemaState } from './schema-state.ts';

/** Any constant will do, as long as every version takes the same one. */
const advisoryLock = 7_203_114;

// For the transaction and not for the session, as the lock: behind a pooler the session serves other clients later.
const lift = `
SELECT set_config(name, '0', true) FROM unnest($1::text[]) AS name
WHERE current_setting(name, true) IS NOT NULL`;

/** A migration, and the wait for one, have no time limit. */
const unlimited = [
  'statement_timeout',
  'lock_timeout',
  'transaction_timeout',
  'idle_in_transaction_session_timeout',
];

/**
 * Brings one database to the newest schema of this build. Safe to run from many processes at once, and again:
 * drizzle takes no lock, so an advisory lock lets one process work while the others wait. All migrations are one
 * transaction. Works behind a pooler in transaction mode too.
 *
 * @param databaseUrl PostgreSQL 15 or later
 * @param options.folder where the SQL lies; beside schema-state.ts unless bundled elsewhere
 * @throws ConfigError when the schema can never suit this build: it is newer, or that of version 0.1.0
 * @throws the error of PostgreSQL; a failed migration leaves nothing half done
 */
export async function migrate(
  databaseUrl: string,
  { folder = migrationsFolder }: { folder?: string } = {},
): Promise<void> {
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
    const state = await readSchemaState(client, readMigrations(folder));
    if (state.kind === 'newer' || state.kind === 'unsupported') {
      throw new ConfigError(`${new URL(databaseUrl).host}: ${state.problem}`);
    }
    // drizzle's own BEGIN only makes PostgreSQL log a warning. Its COMMIT ends this transaction and its lock.
    await applyMigrations(drizzle(client), { migrationsFolder: folder });
  } finally {
    // Rolls back the rest of a failed migration.
    await client.end();
  }
}
