import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '../platform/env.ts';
import { openClient, type OpenClient } from '../platform/postgres.ts';
import {
  migrationsFolder,
  readMigrations,
  readSchemaState,
  type Migrations,
  type SchemaState,
} from './schema-state.ts';

export interface AwaitSchemaOptions {
  /** Where the SQL lies; beside this file unless bundled elsewhere. */
  folder?: string;
  /** Pause between two probes. */
  everyMs?: number;
  /** Ends the wait: the promise rejects with its reason. */
  signal?: AbortSignal;
  /** Called with the reason for the wait: at first, and whenever it changes. */
  onWait?: (reason: string) => void;
}

/**
 * Waits until one database has the newest migration of this build, or a later one, and changes nothing. It has no
 * time limit: PostgreSQL may be unavailable for long, and the caller decides when to give up.
 *
 * @param databaseUrl PostgreSQL 15 or later; need not be up yet
 * @throws ConfigError when the schema can never suit this build
 */
export async function awaitSchema(
  databaseUrl: string,
  { folder = migrationsFolder, everyMs = 1_000, signal, onWait }: AwaitSchemaOptions = {},
): Promise<void> {
  const migrations = readMigrations(folder);
  let logged: string | undefined;
  for (;;) {
    const state = await probe(databaseUrl, migrations);
    if (state.kind === 'ready') return;
    if (state.kind === 'newer' || state.kind === 'unsupported') {
      throw new ConfigError(`${new URL(databaseUrl).host}: ${state.problem}`);
    }
    if (state.problem !== logged) onWait?.(state.problem);
    logged = state.problem;
    await sleep(everyMs, undefined, { signal });
  }
}

const answerWithinMs = 5_000;

/** A PostgreSQL that is unavailable may come up: its error is a reason to wait. */
async function probe(
  databaseUrl: string,
  migrations: Migrations,
): Promise<SchemaState | { kind: 'unavailable'; problem: string }> {
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
    return await readSchemaState(session.client, migrations);
  } catch (error) {
    const problem = error instanceof Error ? error.message || error.name : String(error);
    return { kind: 'unavailable', problem };
  } finally {
    await session?.client.end().catch(() => undefined);
  }
}
