import { setTimeout as sleep } from 'node:timers/promises';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import pg from 'pg';
import { migrationsFolder } from './migrate.ts';

export interface AwaitSchemaOptions {
  /** Where the SQL lies; beside this file unless bundled elsewhere. */
  folder?: string;
  /** Pause between two looks. */
  everyMs?: number;
  /** Ends the waiting: the promise rejects with its reason. */
  signal?: AbortSignal;
  /** Told why it still waits: at first, and whenever the reason changes. */
  onWait?: (reason: string) => void;
}

/**
 * Waits until one database has the newest migration of this version, or a later one, and changes
 * nothing. Waits for ever: what it waits for may be PostgreSQL itself, and only whoever watches knows
 * when to give up.
 *
 * @param databaseUrl PostgreSQL 15 or later; need not be up yet
 */
export async function awaitSchema(
  databaseUrl: string,
  { folder = migrationsFolder, everyMs = 1_000, signal, onWait }: AwaitSchemaOptions = {},
): Promise<void> {
  const newest = Math.max(
    ...readMigrationFiles({ migrationsFolder: folder }).map((migration) => migration.folderMillis),
  );
  let told: string | undefined;
  for (;;) {
    const reason = await whyNotYet(databaseUrl, newest);
    if (reason === undefined) return;
    if (reason !== told) onWait?.(reason);
    told = reason;
    await sleep(everyMs, undefined, { signal });
  }
}

/** Undefined once the schema is there. Every failure is a reason to wait: PostgreSQL may come up. */
async function whyNotYet(databaseUrl: string, newest: number): Promise<string | undefined> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'event-platform-await-schema',
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
  });
  // Without a listener the loss of the connection would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ newest: string | number | null }>(
      'SELECT max(created_at) AS newest FROM drizzle.__drizzle_migrations',
    );
    return Number(rows[0]?.newest ?? 0) >= newest ? undefined : 'its newest migration is missing';
  } catch (error) {
    return error instanceof Error ? error.message || error.name : String(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}
