import type pg from 'pg';
import { plainRow } from '@event-platform/core/event/columns';
import { storeEvents } from '@event-platform/core/storage/write/store-events';

export interface SeedEvent {
  account: string;
  id: string;
  user?: string;
  type?: string;
  atMs: number;
  /** Instead of `atMs`, ISO 8601. */
  at?: string;
}

/** Stores events as the worker does. */
export async function seedEvents(pool: pg.Pool, events: readonly SeedEvent[]): Promise<void> {
  const rows = events.map(({ account, id, user = 'u', type = 'click', atMs, at }) => {
    const receivedAt = new Date(atMs).toISOString();
    const timestamp = at ?? receivedAt;
    return JSON.stringify({
      ...plainRow('', receivedAt),
      account_id: account,
      event_id: id,
      user_id: user,
      type,
      timestamp,
    });
  });
  await storeEvents(pool, rows.join(','));
}
