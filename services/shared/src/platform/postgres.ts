import pg from 'pg';
import type { Logger } from './logger.ts';

export interface PoolSettings {
  url: string;
  /** Upper bound of connections; the chart adds these up against max_connections. */
  max: number;
  statementTimeoutMs: number;
  applicationName: string;
}

// counts come as bigint; ours stay far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/**
 * A pool with every limit explicit: the defaults of node-postgres wait for ever. The timeout on the
 * client's side is the longer one, so that a server that still lives reports its own.
 */
export function createPool(settings: PoolSettings, logger: Logger): pg.Pool {
  const pool = new pg.Pool({
    connectionString: settings.url,
    max: settings.max,
    connectionTimeoutMillis: 3_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: settings.statementTimeoutMs,
    query_timeout: settings.statementTimeoutMs + 2_000,
    idle_in_transaction_session_timeout: 10_000,
    application_name: settings.applicationName,
    options: '-c timezone=UTC',
    keepAlive: true,
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

function ignore(): void {
  // Whoever uses the connection learns of it by a query.
}
