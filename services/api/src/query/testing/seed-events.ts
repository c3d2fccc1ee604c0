import type pg from 'pg';
import { storeEvents } from '@event-platform/shared/database/store-events';

export interface SeedEvent {
  account: string;
  id: string;
  user?: string;
  type?: string;
  atMs: number;
}

/** Stores events as the worker does. */
export async function seedEvents(pool: pg.Pool, events: readonly SeedEvent[]): Promise<void> {
  const rows = events.map(({ account, id, user = 'u', type = 'click', atMs }) => {
    const at = new Date(atMs).toISOString();
    return JSON.stringify({ a: account, e: id, u: user, t: type, s: at, r: at, m: {} });
  });
  await storeEvents(pool, rows.join(','));
}
