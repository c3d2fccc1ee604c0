import { setTimeout as sleep } from 'node:timers/promises';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { openClient, type OpenClient } from '../platform/postgres.ts';
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
  let logged: string | undefined;
  for (;;) {
    const reason = await whyNotYet(databaseUrl, newest);
    if (reason === undefined) return;
    if (reason !== logged) onWait?.(reason);
    logged = reason;
    await sleep(everyMs, undefined, { signal });
  }
}

const answerWithinMs = 5_000;

/** Undefined once the schema is there. Every failure is a reason to wait: PostgreSQL may come up. */
async function whyNotYet(databaseUrl: string, newest: number): Promise<string | undefined> {
  let session: OpenClient | undefined;
  try {
    session = await openClient({
      url: databaseUrl,
      applicationName: 'event-platform-await-schema',
      connectTimeoutMs: answerWithinMs,
      queryTimeoutMs: answerWithinMs,
      statementTimeoutMs: answerWithinMs,
      idleInTransactionMs: answerWithinMs,
    });
    const { rows } = await session.client.query<{ newest: string | number | null }>(
      'SELECT max(created_at) AS newest FROM drizzle.__drizzle_migrations',
    );
    return Number(rows[0]?.newest ?? 0) >= newest ? undefined : 'its newest migration is missing';
  } catch (error) {
    return error instanceof Error ? error.message || error.name : String(error);
  } finally {
    await session?.client.end().catch(() => undefined);
  }
}
