import type { Receipt } from '../../event/results.ts';
import type { Shard } from '../placement/shards.ts';

interface ReceiptRow {
  stored_at: Date | null;
  received_at: Date;
  dead_lettered_at: Date | null;
  reason: string | null;
}

const statement = `
SELECT received_at, stored_at, NULL::timestamptz AS dead_lettered_at, NULL::text AS reason
  FROM events WHERE account_id = $1 AND event_id = $2
UNION ALL
SELECT received_at, NULL, dead_lettered_at, reason
  FROM dead_letters WHERE account_id = $1 AND event_id = $2
ORDER BY stored_at NULLS LAST LIMIT 1`;

/**
 * Reads what PostgreSQL holds of one event: stored, dead, or nothing. A stored event that had died
 * before counts as stored.
 */
export async function readReceipt(
  shard: Shard,
  accountId: string,
  eventId: string,
): Promise<Receipt | undefined> {
  const result = await shard.pool.query<ReceiptRow>({
    name: 'read-receipt',
    text: statement,
    values: [accountId, eventId],
  });
  const row = result.rows[0];
  if (!row) return undefined;
  const base = {
    account_id: accountId,
    event_id: eventId,
    received_at: row.received_at.toISOString(),
  };
  if (row.stored_at) return { ...base, status: 'stored', stored_at: row.stored_at.toISOString() };
  return {
    ...base,
    status: 'dead',
    ...(row.dead_lettered_at && { dead_lettered_at: row.dead_lettered_at.toISOString() }),
    ...(row.reason !== null && { reason: row.reason }),
  };
}
