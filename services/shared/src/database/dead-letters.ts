import type pg from 'pg';
import { firstCharacters } from '../contracts/characters.ts';
import type { EventRow } from '../contracts/event.ts';

/** PostgreSQL refused the event; its job failed too often; what was in the queue is no event at all. */
export const deathReasons = ['data_error', 'attempts_exhausted', 'job_unreadable'] as const;
export type DeathReason = (typeof deathReasons)[number];

/** Why an event could not be stored. */
export interface DeathCause {
  /** One of `deathReasons`, in letters of ours. */
  reason: string;
  sqlstate: string | undefined;
  message: string;
  attempts: number;
}

const insert = `
INSERT INTO dead_letters AS d
  (account_id, event_id, row, reason, sqlstate, message, attempts, received_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, coalesce($8::timestamptz, now()))
ON CONFLICT (account_id, event_id) DO UPDATE SET
  row = excluded.row, reason = excluded.reason, sqlstate = excluded.sqlstate,
  message = excluded.message, attempts = d.attempts + excluded.attempts,
  died_at = now(), discarded_at = NULL, discard_reason = NULL`;

/**
 * Keeps an event that PostgreSQL will not take, whole, with the reason. Idempotent: the same event
 * dying again updates its one letter.
 */
export async function buryEvent(pool: pg.Pool, row: EventRow, cause: DeathCause): Promise<void> {
  const receivedAt = Number.isNaN(Date.parse(row.r)) ? null : row.r;
  await pool.query({
    name: 'bury-event',
    text: insert,
    values: [
      asKey(row.a),
      asKey(row.e),
      JSON.stringify(row),
      cause.reason,
      cause.sqlstate ?? null,
      cause.message.replaceAll('\0', '�').slice(0, 2_000),
      cause.attempts,
      receivedAt,
    ],
  });
}

/** The letter must be storable whatever killed the event; its untouched text is in `row`. */
function asKey(value: unknown): string {
  return firstCharacters(String(value).toWellFormed().replaceAll('\0', '�'), 255);
}
