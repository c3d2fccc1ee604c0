import type pg from 'pg';

/** What a session is opened for. */
export interface SessionLimits {
  /** 0: PostgreSQL lets a statement run as long as it takes. */
  statementTimeoutMs: number;
  /** A transaction in which nothing happens for so long is ended. 0: never. */
  idleInTransactionMs: number;
}

/** A session as it was found when it was opened. */
export interface SessionFacts {
  /**
   * A pooler such as PgBouncer is between: two transactions may run in different sessions, so what is set
   * for a session is not set for its client.
   */
  isPooled: boolean;
  /** `off`: a COMMIT is confirmed before it would survive a crash. */
  synchronousCommit: string;
}

/**
 * Settings that a pooler keeps per client, and applies to each session that the client gets (PgBouncer does so with every parameter that PostgreSQL reports).
 */
const carried = {
  DateStyle: 'ISO, MDY',
  TimeZone: 'UTC',
  standard_conforming_strings: 'on',
};

/** The rest of what the statements here, or node-postgres, rely on. A role or database may say otherwise. */
const assumed = {
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
  array_nulls: 'on',
  default_transaction_isolation: 'read committed',
  // Each statement has its own limit; what another program needs as a default would fail long work here.
  lock_timeout: '0',
  transaction_timeout: '0',
  idle_session_timeout: '0',
};

// One round trip. A setting that this version of PostgreSQL does not know is left out.
const prepare = `
SELECT pg_backend_pid() <> $1 AS "isPooled",
  current_setting('synchronous_commit') AS "synchronousCommit",
  (SELECT count(set_config(name, value, false)) FROM jsonb_each_text($2::jsonb) AS s(name, value)
   WHERE current_setting(name, true) IS NOT NULL) AS carried,
  (SELECT count(set_config(name, value, false)) FROM jsonb_each_text($3::jsonb) AS s(name, value)
   WHERE current_setting(name, true) IS NOT NULL AND pg_backend_pid() = $1) AS own`;

/** The limit for a server that accepts a connection and then does not respond. */
const answerWithinMs = 5_000;

/**
 * Makes a new session what the statements here rely on, whatever the server, the database, the role or the
 * URL sets: sent as a statement, since poolers refuse most parameters at the start of a session. Behind
 * a pooler only what it carries along is set, and prepared statements lose their names: another session
 * would not have them (docs/operations.md says what a role is to set there instead).
 *
 * What stays as it is, since it may be set on purpose: search_path, synchronous_commit,
 * default_transaction_read_only, and how PostgreSQL plans.
 *
 * @throws the error of PostgreSQL
 */
export async function prepareSession(
  client: pg.ClientBase,
  { statementTimeoutMs, idleInTransactionMs }: SessionLimits,
): Promise<SessionFacts> {
  const own = {
    ...assumed,
    statement_timeout: String(statementTimeoutMs),
    idle_in_transaction_session_timeout: String(idleInTransactionMs),
  };
  const query = { text: prepare, query_timeout: answerWithinMs };
  const values = [processIdOf(client), JSON.stringify(carried), JSON.stringify(own)];
  const { rows } = await client.query<SessionFacts>({ ...query, values });
  const [facts] = rows;
  if (!facts) throw new Error('A SELECT without FROM gives one row');
  if (facts.isPooled) dropNames(client);
  return facts;
}

/** The number of the session as PostgreSQL sent it at its start: a pooler makes one up. */
function processIdOf(client: pg.ClientBase): number {
  // Missing in the types of node-postgres; it is what the client cancels a query by.
  return (client as pg.ClientBase & { readonly processID: number }).processID;
}

/** Sends every statement without its name from now on: parsed and run in one message, in any session. */
function dropNames(client: pg.ClientBase): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  Object.assign(client, {
    query: (statement: unknown, ...rest: unknown[]) => query(withoutName(statement), ...rest),
  });
}

function withoutName(statement: unknown): unknown {
  const isConfig = typeof statement === 'object' && statement !== null && !('submit' in statement);
  return isConfig ? { ...statement, name: undefined } : statement;
}
