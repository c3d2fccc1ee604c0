import pg from 'pg';
import type { Logger } from './logger.ts';
import { prepareSession, type SessionFacts, type SessionLimits } from './postgres-session.ts';

export interface PoolSettings {
  url: string;
  /** Upper bound of connections; the chart adds these up against max_connections. */
  max: number;
  statementTimeoutMs: number;
  applicationName: string;
}

export interface ClientSettings extends SessionLimits {
  url: string;
  applicationName: string;
  connectTimeoutMs: number;
  /** On our side, for a server that does not answer; absent: as long as it takes. */
  queryTimeoutMs?: number;
}

/** A session of the pool that idles in a transaction holds locks, so it is ended. */
const idleInTransactionMs = 10_000;

// Counts arrive as bigint; all of them stay far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/**
 * A pool with every limit explicit: the defaults of node-postgres wait without a limit. The timeout on the
 * client's side is the longer one, so that a server that is up reports its own.
 */
export function createPool(settings: PoolSettings, logger: Logger): pg.Pool {
  const { statementTimeoutMs } = settings;
  const log = reportOnce(logger, settings.applicationName);
  // The pool waits for this hook, and hands out no session that it failed for. Its type does not say so.
  const hooks = {
    onConnect: async (client: pg.ClientBase) =>
      log(await prepareSession(client, { statementTimeoutMs, idleInTransactionMs })),
  };
  const pool = new pg.Pool({
    connectionString: settings.url,
    max: settings.max,
    connectionTimeoutMillis: 3_000,
    idleTimeoutMillis: 60_000,
    query_timeout: statementTimeoutMs + 2_000,
    application_name: settings.applicationName,
    keepAlive: true,
    ...hooks,
  });
  // Without a listener the loss of an idle connection would end the process.
  pool.on('error', (error) => {
    logger.warn({ err: error }, 'an idle PostgreSQL connection was lost');
  });
  // Nor may the loss of a connection in use end it, between two queries: the next query fails.
  pool.on('connect', (client) => {
    client.on('error', ignore);
  });
  return pool;
}

/** A session, and what it was found to be. */
export interface OpenClient {
  client: pg.Client;
  facts: SessionFacts;
}

/**
 * Opens one session beside any pool, for work of its own kind. The caller ends it.
 *
 * @throws when PostgreSQL cannot be reached or refuses the login
 */
export async function openClient(settings: ClientSettings): Promise<OpenClient> {
  const client = new pg.Client({
    connectionString: settings.url,
    application_name: settings.applicationName,
    connectionTimeoutMillis: settings.connectTimeoutMs,
    ...(settings.queryTimeoutMs !== undefined && { query_timeout: settings.queryTimeoutMs }),
  });
  // Without a listener the loss of the connection would end the process.
  client.on('error', ignore);
  try {
    await client.connect();
    return { client, facts: await prepareSession(client, settings) };
  } catch (error) {
    await client.end().catch(ignore);
    throw error;
  }
}

/** Logs what an operator needs to know about the sessions, with the first one of a pool. */
function reportOnce(logger: Logger, applicationName: string): (facts: SessionFacts) => void {
  let isNotified = false;
  return ({ isPooled, synchronousCommit }) => {
    if (isNotified) return;
    isNotified = true;
    if (isPooled) {
      logger.info(
        { applicationName },
        'a pooler is in front of PostgreSQL: statements are sent without names, and timeouts are those of the role',
      );
    }
    if (synchronousCommit === 'off') {
      logger.warn(
        { applicationName },
        'synchronous_commit is off: a crash of PostgreSQL loses events that were reported as stored; `ep doctor` shows how to switch it on',
      );
    }
  };
}

function ignore(): void {
  // The next query on the connection fails, which is enough.
}
