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

/** An event and why it could not be stored. */
export interface Death {
  row: EventRow;
  cause: DeathCause;
}

// In the order of the keys, as in store-events.ts: two who bury the same events never deadlock.
const insert = `
INSERT INTO dead_letters AS d
  (account_id, event_id, row, reason, sqlstate, message, attempts, received_at)
SELECT a, e, row, reason, sqlstate, message, attempts, coalesce(r, now())
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[],
  $8::timestamptz[]) AS x(a, e, row, reason, sqlstate, message, attempts, r)
ORDER BY a COLLATE "C", e COLLATE "C"
ON CONFLICT (account_id, event_id) DO UPDATE SET
  row = excluded.row, reason = excluded.reason, sqlstate = excluded.sqlstate,
  message = excluded.message, attempts = d.attempts + excluded.attempts,
  died_at = now(), discarded_at = NULL, discard_reason = NULL`;

/**
 * Keeps events that PostgreSQL will not take, whole, with the reason, by one statement however many
 * they are. Idempotent: the same event dying again updates its one letter, and so does one that is
 * among them twice.
 */
export async function buryEvents(pool: pg.Pool, deaths: readonly Death[]): Promise<void> {
  const letters = [...new Map(deaths.map(letterOf)).values()];
  const columns = Array.from({ length: 8 }, (_, column) => letters.map((cells) => cells[column]));
  await pool.query({ name: 'bury-events', text: insert, values: columns });
}

/** The same for a single one. */
export function buryEvent(pool: pg.Pool, row: EventRow, cause: DeathCause): Promise<void> {
  return buryEvents(pool, [{ row, cause }]);
}

/** The cells of a letter, under its key. */
function letterOf({ row, cause }: Death): [string, (string | number | null)[]] {
  const [accountId, eventId] = [asKey(row.a), asKey(row.e)];
  const cells = [
    accountId,
    eventId,
    JSON.stringify(row),
    cause.reason,
    cause.sqlstate ?? null,
    cause.message.replaceAll('\0', '�').slice(0, 2_000),
    cause.attempts,
    Number.isNaN(Date.parse(row.r)) ? null : row.r,
  ];
  return [JSON.stringify([accountId, eventId]), cells];
}

/** The letter must be storable whatever killed the event; its untouched text is in `row`. */
function asKey(value: unknown): string {
  return firstCharacters(String(value).toWellFormed().replaceAll('\0', '�'), 255);
}
