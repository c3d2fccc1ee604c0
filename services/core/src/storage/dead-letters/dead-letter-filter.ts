import { and, eq, gte, isNotNull, isNull, lt, sql, type SQL } from 'drizzle-orm';
import { instantText } from '../../event/instant.ts';
import { deadLetters } from '../schema.ts';

/** Selects dead letters; an absent field selects any. */
export interface DeadLetterFilter {
  accountId?: string | undefined;
  eventId?: string | undefined;
  reason?: string | undefined;
  sqlstate?: string | undefined;
  /** Type of the event, as edited if it was. */
  type?: string | undefined;
  /** Dead-lettered at this time or later, in microseconds since 1970. */
  sinceUs?: bigint | undefined;
  /** Dead-lettered before this time, in microseconds since 1970. */
  untilUs?: bigint | undefined;
  /** True: only the discarded ones; false: only the others. */
  isDiscarded: boolean;
}

// Cut out of the text, since jsonb may refuse what is in a dead letter. The first key of this name is the
// event's own, since metadata comes last (event/columns.ts).
const typeText = sql`substring(coalesce(${deadLetters.editedRow}, ${deadLetters.row}) from ',"type":("(?:[^"\\\\]|\\\\.)*")')`;

/** As text: a Date would be cut to milliseconds. */
const instant = (epochUs: bigint) => sql`${instantText(epochUs)}::timestamptz`;

/** The condition of a query for these dead letters. */
export function matching(filter: DeadLetterFilter): SQL | undefined {
  const { accountId, eventId, reason, sqlstate, type, sinceUs, untilUs, isDiscarded } = filter;
  return and(
    accountId === undefined ? undefined : eq(deadLetters.accountId, accountId),
    eventId === undefined ? undefined : eq(deadLetters.eventId, eventId),
    reason === undefined ? undefined : eq(deadLetters.reason, reason),
    sqlstate === undefined ? undefined : eq(deadLetters.sqlstate, sqlstate),
    type === undefined ? undefined : eq(typeText, JSON.stringify(type)),
    sinceUs === undefined ? undefined : gte(deadLetters.deadLetteredAt, instant(sinceUs)),
    untilUs === undefined ? undefined : lt(deadLetters.deadLetteredAt, instant(untilUs)),
    isDiscarded ? isNotNull(deadLetters.discardedAt) : isNull(deadLetters.discardedAt),
  );
}
