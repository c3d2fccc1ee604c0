import type pg from 'pg';

/** A session of PostgreSQL that runs a statement, waits, or holds a transaction open. */
export interface Session {
  pid: number;
  application: string;
  state: string;
  /** Kind and name of what it waits for; empty: nothing. */
  wait: string;
  /** Process ids, comma-separated; empty: none. */
  blockedBy: string;
  /** Since its transaction began. */
  seconds: number;
  /** Its beginning. */
  query: string;
}

const query = `
SELECT pid, coalesce(application_name, '') AS application, coalesce(state, '') AS state,
  coalesce(wait_event_type || ' ' || wait_event, '') AS wait,
  array_to_string(pg_blocking_pids(pid), ', ') AS "blockedBy",
  extract(epoch FROM clock_timestamp() - coalesce(xact_start, query_start))::int AS seconds,
  left(regexp_replace(query, '\\s+', ' ', 'g'), 80) AS query
FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND backend_type = 'client backend' AND state <> 'idle'
  AND datname = current_database()
ORDER BY coalesce(xact_start, query_start)
LIMIT 100`;

/** The sessions of this database that are not idle, the oldest transaction first, at most 100. */
export async function readActivity(pool: pg.Pool): Promise<Session[]> {
  const { rows } = await pool.query<Session>(query);
  return rows;
}
