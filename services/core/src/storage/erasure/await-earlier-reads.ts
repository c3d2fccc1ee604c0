import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';

const pollEveryMs = 100;

const earlier = `
SELECT count(*) AS reads FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
  AND xact_start < $1::timestamptz`;

/**
 * Waits until every transaction that is in progress now has ended: a read from before the erasure has its
 * result then, and no later read sees what was erased. Finds transactions of its own role, and of all roles
 * with pg_read_all_stats.
 *
 * @returns false when some were still in progress after `timeoutMs`, or at the signal
 */
export async function awaitEarlierReads(
  pool: pg.Pool,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<boolean> {
  const { rows } = await pool.query<{ now: string }>('SELECT clock_timestamp()::text AS now');
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await pool.query<{ reads: number }>(earlier, [rows[0]?.now]);
    if (found.rows[0]?.reads === 0) return true;
    if (performance.now() > deadline || signal.aborted) return false;
    await sleep(pollEveryMs);
  }
}
