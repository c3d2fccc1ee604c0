import type pg from 'pg';

/** Events that were accepted together and are settled together, once, however often they come. */
export interface SettledEntry {
  /** A UUID. */
  id: string;
  /** The minute in which all of them were received, in minutes since 1970. */
  minute: number;
  /** How many of each account, all on one shard. The row of the batch id belongs to the first one. */
  accounts: readonly (readonly [accountId: string, events: number])[];
  /** Written without the queue: accepted by this very statement. */
  isDirect: boolean;
}

/**
 * The part of a statement that settles batch ids, and logs for the ledger what it settled: `l` batch id,
 * `k` the account that its row belongs to, `m` minute, `d` direct, `n` events, `c` the same by account.
 * Batch ids that are settled already are not logged again. The log is only appended to, one row per batch,
 * so writers do not wait for each other; `applyLog` adds it to the ledger.
 *
 * @param parameter placeholder of `ledgerEntriesParameter`
 * @param stored what was stored: how many rows, and a query of (account, minute, events) rows for the case
 *   that it was not everything
 */
export function logLedgerEntries(
  parameter: string,
  stored = { count: '0', minuteCounts: nothingStored },
): string {
  return `given AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset(${parameter}::jsonb)
    AS x(l uuid, k text, m bigint, d boolean, n bigint, c jsonb)
), fresh AS (
  INSERT INTO ledger_entries (account_id, entry) SELECT k, l FROM given ORDER BY k COLLATE "C", l
  ON CONFLICT DO NOTHING RETURNING entry
), totals AS (
  SELECT (SELECT count(*) FROM fresh) AS fresh, count(*) AS entries, coalesce(sum(n), 0) AS events,
    (${stored.count}) AS stored FROM given
), logged AS (
  INSERT INTO ledger_log (settled, stored)
  SELECT
    (SELECT coalesce(jsonb_agg(jsonb_build_array(m, d, c)), '[]') FROM given
     WHERE l IN (SELECT entry FROM fresh)),
    CASE WHEN t.fresh < t.entries OR t.stored <> t.events THEN
      (SELECT coalesce(jsonb_agg(jsonb_build_array(s.a, s.m, s.n)), '[]')
       FROM (${stored.minuteCounts}) AS s(a, m, n)) END
  FROM totals AS t WHERE t.fresh > 0 OR t.stored > 0
)`;
}

const nothingStored = `SELECT '', 0, 0 WHERE false`;

/**
 * Batch ids as the JSON that `logLedgerEntries` reads, each once: a worker that takes over its own job,
 * whose lock was lost, has the job twice in one batch.
 */
export function ledgerEntriesParameter(ledgerEntries: readonly SettledEntry[]): string {
  const distinct = [
    ...new Map(ledgerEntries.map((ledgerEntry) => [ledgerEntry.id, ledgerEntry])).values(),
  ];
  return JSON.stringify(
    distinct.map(({ id, minute, accounts, isDirect }) => ({
      l: id,
      k: accounts[0]?.[0],
      m: minute,
      d: isDirect,
      n: accounts.reduce((sum, [, events]) => sum + events, 0),
      c: accounts,
    })),
  );
}

// Nothing is stored here, and what was stored is logged already.
const settleStatement = `WITH ${logLedgerEntries('$1')} SELECT count(*) FROM fresh`;

/**
 * Settles batch ids whose events are stored or dead-lettered already.
 *
 * @throws the error of PostgreSQL; nothing is settled then
 */
export async function settleLedgerEntries(
  pool: pg.Pool,
  ledgerEntries: readonly SettledEntry[],
): Promise<void> {
  if (ledgerEntries.length === 0) return;
  await pool.query({
    name: 'settle-ledger-entries',
    text: settleStatement,
    values: [ledgerEntriesParameter(ledgerEntries)],
  });
}
