import type pg from 'pg';

const oneEvent = `SELECT account_id, event_id FROM events ORDER BY account_id, event_id LIMIT 1`;

/** The event that faults are planted into. */
export const whereOneEvent = `WHERE (account_id, event_id) = (${oneEvent})`;

/** The part of the roll-up that counts it. */
export const whereItsCount = `WHERE (account_id, type, minute) =
  (SELECT account_id, type, date_trunc('minute', timestamp) FROM events ${whereOneEvent})`;

/** Removes it and its part of the roll-up: only the missing event shows the loss. */
export async function loseOneEvent(pool: pg.Pool): Promise<void> {
  await pool.query(`UPDATE event_counts SET count = count - 1 ${whereItsCount}`);
  await pool.query(`DELETE FROM events ${whereOneEvent}`);
  await pool.query('DELETE FROM event_counts WHERE count = 0');
}
