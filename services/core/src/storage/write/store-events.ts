import type pg from 'pg';
import { columnDefinitions, columnList } from '../../event/columns.ts';
import type { TypeCount } from '../../event/count.ts';
import {
  logLedgerEntries,
  ledgerEntriesParameter,
  type SettledEntry,
} from '../ledger/ledger-entries.ts';

/** Events that one statement inserted, by account and type; duplicates are absent. */
export type StoredCount = Omit<TypeCount, 'minute'>;

// One statement: a crash cannot separate the events from their roll-up, nor what is stored from what is
// settled. Only inserted rows are counted, so a replay changes nothing. Two writers lock their common rows
// in the same order, by key, so they never deadlock.
const statement = `
WITH stored AS (
  INSERT INTO events (${columnList})
  SELECT ${columnList} FROM jsonb_to_recordset($1::jsonb) AS x(${columnDefinitions})
  ORDER BY account_id COLLATE "C", event_id COLLATE "C"
  ON CONFLICT (account_id, event_id) DO NOTHING
  RETURNING account_id, type, timestamp, received_at
), counted AS (
  INSERT INTO event_counts AS c (account_id, minute, type, count)
  SELECT account_id, date_trunc('minute', timestamp), type, count(*)
  FROM stored GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
  ON CONFLICT (account_id, minute, type) DO UPDATE SET count = c.count + excluded.count
), ${logLedgerEntries('$2', {
  count: 'SELECT count(*) FROM stored',
  minuteCounts: `SELECT account_id, floor(extract(epoch FROM received_at) / 60)::bigint, count(*)
    FROM stored GROUP BY 1, 2`,
})}
SELECT account_id AS "accountId", type, count(*) AS events FROM stored GROUP BY 1, 2`;

/**
 * Inserts events and their roll-up in one prepared statement, committed when it returns.
 *
 * @param rows EventRow objects as JSON text joined by commas (`rowsAsJson`)
 * @param ledgerEntries the batch ids of the rows; one that is settled already is not counted again
 * @throws the error of PostgreSQL; nothing of the batch is stored then
 */
export async function storeEvents(
  pool: Pick<pg.Pool, 'query'>,
  rows: string,
  ledgerEntries: readonly SettledEntry[] = [],
): Promise<StoredCount[]> {
  const result = await pool.query<StoredCount>({
    name: 'store-events',
    text: statement,
    values: [`[${rows}]`, ledgerEntriesParameter(ledgerEntries)],
  });
  return result.rows;
}
