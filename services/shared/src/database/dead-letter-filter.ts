import { and, eq, gte, isNotNull, isNull, lt, sql, type SQL } from 'drizzle-orm';
import { deadLetters } from './schema.ts';

/** Which letters are meant; absent fields mean any. */
export interface DeadLetterFilter {
  accountId?: string | undefined;
  eventId?: string | undefined;
  reason?: string | undefined;
  sqlstate?: string | undefined;
  /** Type of the event, as edited if it was. */
  type?: string | undefined;
  /** Died at this time or later. */
  since?: Date | undefined;
  /** Died before this time. */
  until?: Date | undefined;
  /** True: only the discarded ones; false: only the others. */
  isDiscarded: boolean;
}

// Cut out of the text, since what is in a letter may be what jsonb refuses. The first key of this
// name is the event's own: the metadata come last.
const typeText = sql`substring(coalesce(${deadLetters.editedRow}, ${deadLetters.row}) from ',"t":("(?:[^"\\\\]|\\\\.)*")')`;

/** The condition of a query for these letters. */
export function matching(filter: DeadLetterFilter): SQL | undefined {
  const { accountId, eventId, reason, sqlstate, type, since, until, isDiscarded } = filter;
  return and(
    accountId === undefined ? undefined : eq(deadLetters.accountId, accountId),
    eventId === undefined ? undefined : eq(deadLetters.eventId, eventId),
    reason === undefined ? undefined : eq(deadLetters.reason, reason),
    sqlstate === undefined ? undefined : eq(deadLetters.sqlstate, sqlstate),
    type === undefined ? undefined : eq(typeText, JSON.stringify(type)),
    since === undefined ? undefined : gte(deadLetters.diedAt, since),
    until === undefined ? undefined : lt(deadLetters.diedAt, until),
    isDiscarded ? isNotNull(deadLetters.discardedAt) : isNull(deadLetters.discardedAt),
  );
}
