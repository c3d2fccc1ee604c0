import type pg from 'pg';
import { firstCharacters } from '../../event/characters.ts';
import type { EventRow } from '../../event/columns.ts';
import { sqlstateOf } from '../session/retry-policy.ts';

/** PostgreSQL refused the event; its job failed too often; the job in the queue was unreadable. */
export const deadLetterReasons = ['data_error', 'attempts_exhausted', 'job_unreadable'] as const;
export type DeadLetterReason = (typeof deadLetterReasons)[number];

/** Why an event could not be stored. */
export interface DeadLetterCause {
  /** One of `deadLetterReasons`. */
  reason: string;
  sqlstate: string | undefined;
  message: string;
  /** What helps to find out more: stack traces, or the rest of what PostgreSQL said. */
  detail?: string | undefined;
  attempts: number;
}

/** An event and why it could not be stored. */
export interface NewDeadLetter {
  row: EventRow;
  cause: DeadLetterCause;
}

const maxMessageLength = 2_000;
const maxDetailLength = 10_000;

// In the order of the keys, as in store-events.ts: two writers of the same events never deadlock. An edit
// stays when the original or the edited event is refused again; an event of other content under the same id
// replaces both.
const insert = `
INSERT INTO dead_letters AS d
  (account_id, event_id, row, reason, sqlstate, message, detail, attempts, received_at)
SELECT a, e, row, reason, sqlstate, message, detail, attempts, coalesce(r, now())
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
  $8::int[], $9::timestamptz[]) AS x(a, e, row, reason, sqlstate, message, detail, attempts, r)
ORDER BY a COLLATE "C", e COLLATE "C"
ON CONFLICT (account_id, event_id) DO UPDATE SET
  row = CASE WHEN excluded.row = d.edited_row THEN d.row ELSE excluded.row END,
  edited_row = CASE WHEN excluded.row IN (d.row, d.edited_row) THEN d.edited_row END,
  edited_at = CASE WHEN excluded.row IN (d.row, d.edited_row) THEN d.edited_at END,
  reason = excluded.reason, sqlstate = excluded.sqlstate, message = excluded.message,
  detail = excluded.detail, attempts = d.attempts + excluded.attempts,
  dead_lettered_at = now(), discarded_at = NULL, discard_reason = NULL`;

/**
 * Writes events that PostgreSQL refuses as dead letters, whole, with the reason, by one statement; callers
 * with many events call it for a part of them at a time. Idempotent: the same event again updates its dead
 * letter. Of several with one id the first is kept.
 */
export async function deadLetterEvents(
  database: Pick<pg.Pool, 'query'>,
  newDeadLetters: readonly NewDeadLetter[],
): Promise<void> {
  // From the last to the first, so that the first overwrites the others.
  const deadLetters = [...new Map(newDeadLetters.toReversed().map(deadLetterOf)).values()];
  const columns = Array.from({ length: 9 }, (_, column) =>
    deadLetters.map((values) => values[column]),
  );
  await database.query({ name: 'dead-letter-events', text: insert, values: columns });
}

/** The same for a single one. */
export function deadLetterEvent(
  database: Pick<pg.Pool, 'query'>,
  row: EventRow,
  cause: DeadLetterCause,
): Promise<void> {
  return deadLetterEvents(database, [{ row, cause }]);
}

/** The values of a dead letter, under its key. */
function deadLetterOf({ row, cause }: NewDeadLetter): [string, (string | number | null)[]] {
  const [accountId, eventId] = [asKey(row.account_id), asKey(row.event_id)];
  const values = [
    accountId,
    eventId,
    JSON.stringify(row),
    cause.reason,
    cause.sqlstate ?? null,
    asText(cause.message).slice(0, maxMessageLength),
    cause.detail === undefined ? null : asText(cause.detail).slice(0, maxDetailLength),
    cause.attempts,
    Number.isNaN(Date.parse(row.received_at)) ? null : row.received_at,
  ];
  return [JSON.stringify([accountId, eventId]), values];
}

/** The cause from an error of PostgreSQL: its message, and the further fields of it. */
export function causeOf(error: unknown, attempts: number): DeadLetterCause {
  const { detail, hint, where } = (error ?? {}) as Partial<pg.DatabaseError>;
  const more = Object.entries({ detail, hint, where }).flatMap(([name, text]) =>
    text === undefined ? [] : [`${name}: ${text}`],
  );
  return {
    reason: 'data_error',
    sqlstate: sqlstateOf(error),
    message: error instanceof Error ? error.message : String(error),
    detail: more.length === 0 ? undefined : more.join('\n'),
    attempts,
  };
}

/** A dead letter must be storable whatever PostgreSQL refused; the original text is in `row`. */
function asKey(value: unknown): string {
  return firstCharacters(asText(String(value)), 255);
}

function asText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '�');
}
