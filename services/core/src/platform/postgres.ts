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

/** A pool's sessions that stay in a transaction without a word hold locks; they are ended. */
const idleInTransactionMs = 10_000;

// counts come as bigint; ours stay far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/**
 * A pool with every limit explicit: the defaults of node-postgres wait for ever. The timeout on the
 * client's side is the longer one, so that a server that still lives reports its own.
 */
export function createPool(settings: PoolSettings, logger: Logger): pg.Pool {
  const { statementTimeoutMs } = settings;
  const log = reportOnce(logger, settings.applicationName);
  // The pool waits for it, and lends no session that it failed for; its type says less.
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
  // Nor does the loss of one that is lent end it, between two queries or before its borrower could
  // listen: the next query fails, which is enough.
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
 * @throws when PostgreSQL cannot be reached or lets us not in
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

/** What an operator should know of the sessions is said with the first one of a pool. */
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
  // Whoever uses the connection learns of it by a query.
}
