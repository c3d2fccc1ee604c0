import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { columnList } from '../../event/columns.ts';
import type { TypeCount } from '../../event/count.ts';
import type { Rows } from '../../event/row-lines.ts';
import { copyChunks } from './copy-chunks.ts';
import { withSession } from '../session/with-session.ts';
import { logLedgerEntries, ledgerEntriesParameter } from '../ledger/ledger-entries.ts';
import type { Batch } from './batch.ts';
import type { StoredCount } from './store-events.ts';

/** Sent at once; the next chunk is made when PostgreSQL has taken the last. */
const chunkBytes = 256 * 1024;

/** Reads lines (event/row-lines.ts) from its input. */
export const copyStatement = `COPY events (${columnList}) FROM STDIN`;

// The roll-up and the ledger of rows that are all stored. A batch id that was settled before, as by dead
// letters of poison isolation, is not fresh; the log then lists what was stored.
const settleStatement = `
WITH counted AS (
  INSERT INTO event_counts AS c (account_id, minute, type, count)
  SELECT a, to_timestamp(m::bigint * 60), t, n::bigint
  FROM ROWS FROM (
    jsonb_array_elements_text($2::jsonb), jsonb_array_elements_text($3::jsonb),
    jsonb_array_elements_text($4::jsonb), jsonb_array_elements_text($5::jsonb)
  ) AS x(a, m, t, n)
  ORDER BY a COLLATE "C", m::bigint, t COLLATE "C"
  ON CONFLICT (account_id, minute, type) DO UPDATE SET count = c.count + excluded.count
), ${logLedgerEntries('$1', {
  count: 'SELECT coalesce(sum(n), 0) FROM given',
  minuteCounts: `SELECT e->>0, m, (e->>1)::bigint FROM given, jsonb_array_elements(c) AS e`,
})}
SELECT count(*) FROM fresh`;

/**
 * Stores batches by COPY, with its roll-up and the ledger in the same transaction: the cheapest way, and
 * all or nothing. COPY has no ON CONFLICT, so one duplicate fails them all; `storeEvents` then finds the
 * events that are new.
 *
 * @returns undefined when the counts do not match the number of rows: nothing is stored then
 * @throws the error of PostgreSQL (23505: there is a duplicate); nothing is stored then, unless the
 *   connection broke in the COMMIT
 */
export async function copyEvents(
  pool: pg.Pool,
  batches: readonly Batch[],
): Promise<StoredCount[] | undefined> {
  const minuteCounts = batches.flatMap((batch) => batch.minuteCounts ?? []);
  return withSession(pool, async (session) => {
    await session.query('BEGIN');
    const stream = session.query(copyFrom(copyStatement));
    await sendRows(
      stream,
      batches.map(({ rows }) => rows),
    );
    if (stream.rowCount !== sumOf(minuteCounts)) {
      await session.query('ROLLBACK');
      return undefined;
    }
    await session.query({
      name: 'settle-copied',
      text: settleStatement,
      values: [
        ledgerEntriesParameter(batches.flatMap(({ ledgerEntries }) => ledgerEntries)),
        ...countParameters(sumUp(minuteCounts)),
      ],
    });
    await session.query('COMMIT');
    return countByType(minuteCounts);
  });
}

/**
 * Sends rows no faster than PostgreSQL takes them.
 *
 * @throws its error, or UnreadableRows; the stream is of no further use then
 */
async function sendRows(stream: Writable, rows: readonly Rows[]): Promise<void> {
  const ended = finished(stream);
  // PostgreSQL may refuse a row at any time, also between two writes.
  let refusal: { error: unknown } | undefined;
  ended.catch((error: unknown) => (refusal = { error }));
  for (const chunk of copyChunks(rows, chunkBytes)) {
    if (refusal) break;
    // One chunk at a time: after a refusal the stream would fail over what is left in its buffer.
    if (!stream.write(chunk)) await Promise.race([once(stream, 'drain'), ended]);
  }
  if (!refusal) stream.end();
  await ended;
}

/** The counts without repetition: one statement cannot update a row twice. */
function sumUp(minuteCounts: readonly TypeCount[]): TypeCount[] {
  const sums = new Map<string, TypeCount>();
  for (const minuteCount of minuteCounts) {
    const name = `${minuteCount.minute} ${minuteCount.accountId.length} ${minuteCount.accountId}${minuteCount.type}`;
    const known = sums.get(name);
    if (known) known.events += minuteCount.events;
    else sums.set(name, { ...minuteCount });
  }
  return [...sums.values()];
}

function sumOf(minuteCounts: readonly TypeCount[]): number {
  return minuteCounts.reduce((sum, { events }) => sum + events, 0);
}

/** A JSON array for each column, which PostgreSQL reads faster than an object for each row. */
function countParameters(minuteCounts: readonly TypeCount[]): string[] {
  const columns = ['accountId', 'minute', 'type', 'events'] as const;
  return columns.map((column) =>
    JSON.stringify(minuteCounts.map((minuteCount) => minuteCount[column])),
  );
}

function countByType(minuteCounts: readonly TypeCount[]): StoredCount[] {
  const counts = new Map<string, StoredCount>();
  for (const { accountId, type, events } of minuteCounts) {
    const name = `${accountId.length} ${accountId}${type}`;
    const known = counts.get(name);
    if (known) known.events += events;
    else counts.set(name, { accountId, type, events });
  }
  return [...counts.values()];
}
