import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { columnList, plainRow, type EventRow } from '@event-platform/core/event/columns';
import { encodeJob, type JobCount } from '@event-platform/core/event/job';
import { writeRows } from '@event-platform/core/event/row-lines';
import type { Shard } from '@event-platform/core/storage/placement/shards';
import { createLogger } from '@event-platform/core/platform/logger';
import { createPool } from '@event-platform/core/platform/postgres';
import { hashEventId } from '@event-platform/core/queue/event-id-hash';

let serial = 0;

/** One good row with an id of its own; `changes` make it what the test is about. */
export function eventRow(changes: Partial<EventRow> = {}): EventRow {
  serial++;
  return {
    ...plainRow('sample', '2026-11-01T12:00:31.000Z'),
    account_id: 'acme',
    event_id: `event-${serial}`,
    user_id: `user-${serial % 7}`,
    type: `type-${serial % 3}`,
    timestamp: '2026-11-01T12:00:30.123456Z',
    metadata: { serial },
    ...changes,
  };
}

/** As many good rows as asked for. */
export function eventRows(count: number, changes: Partial<EventRow> = {}): EventRow[] {
  return Array.from({ length: count }, () => eventRow(changes));
}

/** Rows as jobs and batches carry them. */
export const rowsText = writeRows;

/** Rows as the statement of `storeEvents` reads them. */
export function rowsJson(rows: readonly EventRow[]): string {
  return rows.map((row) => JSON.stringify(row)).join(',');
}

/** The text of a job that holds the rows, all received in the minute of the first. */
export function jobText(rows: readonly EventRow[]): string {
  const byAccount = [...Map.groupBy(rows, (row) => row.account_id)];
  return encodeJob({
    ledgerEntry: { id: randomUUID(), minute: minuteOf(rows[0]?.received_at ?? '') },
    accounts: byAccount.map(([accountId, own]) => [accountId, own.length]),
    minuteCounts: byAccount.flatMap(([, own], account) =>
      own.map((row): JobCount => [account, minuteOf(row.timestamp), row.type, 1]),
    ),
    ids: byAccount.flatMap(([, own]) => own.map((row) => hashEventId(row.event_id))).join(''),
    rows: rowsText(byAccount.flatMap(([, own]) => own)),
  });
}

function minuteOf(timestamp: string): number {
  return Math.floor((Date.parse(timestamp) || 0) / 60_000);
}

/** A shard with a pool as production opens it, silent. End the pool in `afterAll`. */
export function testShard(
  url: string,
  settings: { name?: string; max?: number; statementTimeoutMs?: number } = {},
): Shard {
  const { name = 'main', max = 4, statementTimeoutMs = 10_000 } = settings;
  const logger = createLogger('test', 'silent');
  return {
    name,
    pool: createPool({ url, max, statementTimeoutMs, applicationName: 'test' }, logger),
  };
}

/** One row per event, ordered by key, without the time of storing. */
export async function storedEvents(pool: pg.Pool): Promise<Record<string, unknown>[]> {
  const result = await pool.query<Record<string, unknown>>(
    `SELECT ${columnList} FROM events ORDER BY account_id, event_id`,
  );
  return result.rows;
}

/** The roll-up as it should be (`counted` from the rows) and as it is (`kept`), in the same order. */
export async function rollUps(pool: pg.Pool): Promise<{ kept: unknown[]; counted: unknown[] }> {
  const kept = await pool.query(
    'SELECT account_id, minute, type, count FROM event_counts ORDER BY 1, 2, 3',
  );
  const counted = await pool.query(
    `SELECT account_id, date_trunc('minute', timestamp) AS minute, type, count(*) AS count
     FROM events GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
  );
  return { kept: kept.rows, counted: counted.rows };
}
