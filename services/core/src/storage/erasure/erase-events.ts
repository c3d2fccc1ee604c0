import type pg from 'pg';
import { defaultStorePolicy } from '../write/event-store.ts';
import { retryNow } from '../session/retry-now.ts';
import { inTransaction } from '../session/in-transaction.ts';
import { applyLog, lockLedger } from '../ledger/ledger-audit.ts';
import { lockUserRollUps } from '../read/summary/roll-up-users.ts';
import { deleteUserRollUps } from './delete-user-rollups.ts';
import { lowerStored } from './lower-ledger.ts';
import { lowerCounts } from './lower-counts.ts';
import { isTheirs, type Subject } from './subject.ts';

interface ErasedRow {
  eventId: string;
  type: string;
  /** Of the timestamp, and of the receipt, in minutes since 1970. */
  minute: number;
  receivedMinute: number;
}

/** Small enough that writers of the same roll-up wait only for milliseconds. */
const eventsPerBatch = 1_000;

// A user's events are found in the index alone, however few of the account's they are; only their own
// rows are read. The search goes on from the minute of the last batch, not from the start, where all
// that was erased still is in the index until a vacuum.
const statement = `
DELETE FROM events WHERE ${isTheirs} AND event_id = ANY (ARRAY(
  SELECT event_id FROM events
  WHERE ${isTheirs} AND timestamp = ANY (ARRAY(
    SELECT timestamp FROM events
    WHERE ${isTheirs} AND timestamp >= coalesce(to_timestamp($3::bigint * 60), '-infinity')
    ORDER BY timestamp LIMIT ${eventsPerBatch}))
  ORDER BY timestamp LIMIT ${eventsPerBatch}))
RETURNING event_id AS "eventId", type,
  floor(extract(epoch FROM timestamp) / 60)::bigint AS minute,
  floor(extract(epoch FROM received_at) / 60)::bigint AS "receivedMinute"`;

/**
 * Erases the events of a subject on one shard, one batch per transaction: rows, roll-up and ledger are
 * lowered together, so they agree at any time. A caller may stop after any batch; the same call later goes on
 * from there.
 *
 * @returns the ids of each batch; events that come in meanwhile may be among them or not
 * @throws the error of PostgreSQL; the batch in progress is unchanged then
 */
export async function* eraseEvents(pool: pg.Pool, subject: Subject): AsyncGenerator<string[]> {
  let since: number | null = null;
  for (;;) {
    const from: number | null = since;
    const rows = await retryNow(defaultStorePolicy, () =>
      inTransaction(pool, (session) => eraseBatch(session, subject, from)),
    );
    if (rows.length === 0) return;
    since = Math.max(...rows.map(({ minute }) => minute));
    yield rows.map(({ eventId }) => eventId);
  }
}

async function eraseBatch(
  session: pg.PoolClient,
  subject: Subject,
  since: number | null,
): Promise<ErasedRow[]> {
  await lockUserRollUps(session, subject.accountId);
  await deleteUserRollUps(session, subject);
  await lockLedger(session);
  const { accountId, userId } = subject;
  const { rows } = await session.query<ErasedRow>({
    name: 'erase-events',
    text: statement,
    values: [accountId, userId ?? null, since],
  });
  if (rows.length === 0) return rows;
  await lowerCounts(session, accountId, rows);
  // What was stored just now is only in the log; after this it is in the ledger.
  await applyLog(session);
  await lowerStored(
    session,
    accountId,
    rows.map(({ receivedMinute }) => receivedMinute),
  );
  return rows;
}
