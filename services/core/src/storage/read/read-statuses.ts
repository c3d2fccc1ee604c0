import type { Shard } from '../placement/shards.ts';

/** What PostgreSQL has done with an event. */
export type EventStatus = 'stored' | 'dead';

const statement = `
SELECT event_id, 'dead' AS status FROM dead_letters WHERE account_id = $1 AND event_id = ANY ($2)
UNION ALL
SELECT event_id, 'stored' FROM events WHERE account_id = $1 AND event_id = ANY ($2)`;

/**
 * Reads which events of an account are stored and which are dead; an event that is neither is
 * absent. A stored event that had died before counts as stored.
 */
export async function readStatuses(
  shard: Shard,
  accountId: string,
  eventIds: readonly string[],
): Promise<Map<string, EventStatus>> {
  const { rows } = await shard.pool.query<{ event_id: string; status: EventStatus }>({
    name: 'read-statuses',
    text: statement,
    values: [accountId, eventIds],
  });
  // Dead letters first, so that `stored` overwrites `dead`.
  rows.sort((a, b) => (a.status < b.status ? -1 : 1));
  return new Map(rows.map(({ event_id, status }) => [event_id, status]));
}
