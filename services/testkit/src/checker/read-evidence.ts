import type { Redis } from 'ioredis';
import type pg from 'pg';
import { tenantColumns, type EventRow } from '@event-platform/core/event/columns';
import { inSnapshot } from '@event-platform/core/storage/session/in-snapshot';
import type { Shard } from '@event-platform/core/storage/placement/shards';
import { TextQueue } from '@event-platform/core/queue/text-job';
import type { DeadLetterRow, RollUp, StoredEvent } from './check-evidence.ts';
import { hashPayload, type Payload } from './payload-hash.ts';
import { ledgerRestMs, readLedgerAtRest, type LedgerAccount } from './read-ledger.ts';

/** What PostgreSQL holds of the events in question. */
export interface Kept {
  stored: StoredEvent[];
  deadLetters: DeadLetterRow[];
  rollUps: RollUp[];
  ledger: LedgerAccount[];
}

/** Of rows of the largest size these are 65 MB. */
const rowsPerFetch = 1_000;

const utc = (column: string, format: string) =>
  `to_char(${column} AT TIME ZONE 'UTC', '${format}') AS ${column}`;

/** What is compared, as it was sent: instants in UTC with microseconds. */
const payloadList = tenantColumns
  .map(({ name, pgType }) =>
    pgType === 'timestamptz' ? utc(name, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') : name,
  )
  .join(', ');

const queries = {
  stored: `SELECT ${payloadList}, stored_at FROM events`,
  deadLetters: 'SELECT account_id, event_id, reason, row, dead_lettered_at FROM dead_letters',
  rollUps: `SELECT account_id, ${utc('minute', 'YYYY-MM-DD"T"HH24:MI')}, type, count FROM event_counts`,
};

/**
 * Waits for the ledger to balance, then reads rows, dead letters and roll-ups of every shard, each shard in
 * one snapshot.
 *
 * @param accounts only what is theirs; undefined: all accounts
 * @param ledgerTimeoutMs how long the ledger may need
 */
export async function readKept(
  shards: readonly Shard[],
  accounts: readonly string[] | undefined,
  ledgerTimeoutMs = ledgerRestMs,
): Promise<Kept> {
  const ledger = await readLedgerAtRest(shards, accounts, ledgerTimeoutMs);
  const kept: Kept = { stored: [], deadLetters: [], rollUps: [], ledger };
  for (const shard of shards) {
    await inSnapshot(shard.pool, async (client) => {
      for await (const row of rowsOf<EventColumns>(client, queries.stored, accounts)) {
        kept.stored.push(asStored(row));
      }
      for await (const row of rowsOf<DeadLetterColumns>(client, queries.deadLetters, accounts)) {
        kept.deadLetters.push(asDeadLetter(row));
      }
      for await (const row of rowsOf<CountColumns>(client, queries.rollUps, accounts)) {
        const { account_id: accountId, minute, type, count } = row;
        kept.rollUps.push({ accountId, minute, type, count });
      }
    });
  }
  return kept;
}

/** Jobs by state, of the states that are no end. */
export async function readQueue(
  redis: Redis,
  names: { prefix: string; queueName: string },
): Promise<Record<string, number>> {
  const queue = new TextQueue(names.queueName, { connection: redis, prefix: names.prefix });
  queue.on('error', () => undefined);
  try {
    return await queue.getJobCounts('wait', 'prioritized', 'active', 'delayed', 'failed');
  } finally {
    await queue.close();
  }
}

interface EventColumns extends EventRow {
  stored_at: Date;
}

interface DeadLetterColumns {
  account_id: string;
  event_id: string;
  reason: string;
  row: string;
  dead_lettered_at: Date;
}

interface CountColumns {
  account_id: string;
  minute: string;
  type: string;
  count: number;
}

/** Row by row through a cursor, so that a million rows are never there at once as text. */
async function* rowsOf<Row extends pg.QueryResultRow>(
  client: pg.PoolClient,
  query: string,
  accounts: readonly string[] | undefined,
): AsyncGenerator<Row> {
  const where = accounts ? ' WHERE account_id = ANY($1)' : '';
  await client.query(`DECLARE rows NO SCROLL CURSOR FOR ${query}${where}`, accounts && [accounts]);
  for (;;) {
    const { rows } = await client.query<Row>(`FETCH ${rowsPerFetch} FROM rows`);
    yield* rows;
    if (rows.length < rowsPerFetch) break;
  }
  await client.query('CLOSE rows');
}

function asStored(row: EventColumns): StoredEvent {
  return {
    accountId: row.account_id,
    eventId: row.event_id,
    type: row.type,
    minute: row.timestamp.slice(0, 16),
    hash: hashPayload(row),
    storedAtMs: row.stored_at.getTime(),
  };
}

/** The row of a dead letter is text, which need not be an event: then no hash equals it. */
function asDeadLetter({
  account_id: accountId,
  event_id: eventId,
  reason,
  row,
  dead_lettered_at: deadLetteredAt,
}: DeadLetterColumns): DeadLetterRow {
  const deadLetter = { accountId, eventId, reason, deadLetteredAtMs: deadLetteredAt.getTime() };
  try {
    return { ...deadLetter, hash: hashPayload(JSON.parse(row) as Payload) };
  } catch {
    return { ...deadLetter, hash: '' };
  }
}
