import { and, asc, count, desc, eq, gt, inArray, or, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { matching, type DeadLetterFilter } from './dead-letter-filter.ts';
import { deadLetters } from '../schema.ts';

/** An event that could not be stored, as it is kept. */
export type DeadLetter = typeof deadLetters.$inferSelect;

/** The key of a dead letter. */
export type DeadLetterKey = Pick<DeadLetter, 'accountId' | 'eventId'>;

/** Dead letters of one shard, the latest first. */
export async function listDeadLetters(
  pool: pg.Pool,
  filter: DeadLetterFilter,
  limit: number,
): Promise<DeadLetter[]> {
  return drizzle(pool)
    .select()
    .from(deadLetters)
    .where(matching(filter))
    .orderBy(desc(deadLetters.deadLetteredAt), asc(deadLetters.accountId), asc(deadLetters.eventId))
    .limit(limit);
}

/** How many dead letters of one shard there are. */
export async function countDeadLetters(pool: pg.Pool, filter: DeadLetterFilter): Promise<number> {
  const [row] = await drizzle(pool)
    .select({ wanted: count() })
    .from(deadLetters)
    .where(matching(filter));
  return row?.wanted ?? 0;
}

/** One dead letter of a shard, discarded or not. */
export async function findDeadLetter(
  pool: pg.Pool,
  accountId: string,
  eventId: string,
): Promise<DeadLetter | undefined> {
  const [deadLetter] = await drizzle(pool)
    .select()
    .from(deadLetters)
    .where(isDeadLetter({ accountId, eventId }));
  return deadLetter;
}

/**
 * Every dead letter of a shard by key, one page at a time. Dead letters that are removed or renewed meanwhile
 * neither repeat nor hide others.
 */
export async function* eachDeadLetter(
  pool: pg.Pool,
  filter: DeadLetterFilter,
  pageSize = 500,
): AsyncGenerator<DeadLetter> {
  let last: DeadLetter | undefined;
  for (;;) {
    const page = await drizzle(pool)
      .select()
      .from(deadLetters)
      .where(and(matching(filter), last && after(last)))
      .orderBy(asc(deadLetters.accountId), asc(deadLetters.eventId))
      .limit(pageSize);
    yield* page;
    last = page.at(-1);
    if (page.length < pageSize) return;
  }
}

/**
 * Discards events. Their dead letters stay as a record, with the time and the reason.
 *
 * @param limit no more than these, the first by key
 * @returns how many were discarded now; those that were already do not count
 */
export async function discardDeadLetters(
  pool: pg.Pool,
  wanted: Omit<DeadLetterFilter, 'isDiscarded'>,
  reason: string,
  limit = Number.MAX_SAFE_INTEGER,
): Promise<number> {
  const database = drizzle(pool);
  const meant = matching({ ...wanted, isDiscarded: false });
  const first = database
    .select({ place: sql`ctid` })
    .from(deadLetters)
    .where(meant)
    .orderBy(asc(deadLetters.accountId), asc(deadLetters.eventId))
    .limit(limit);
  const discarded = await database
    .update(deadLetters)
    .set({ discardedAt: sql`now()`, discardReason: reason })
    // Checked twice, since a dead letter may be renewed or edited between the subquery and the update.
    .where(and(meant, inArray(sql`ctid`, first)));
  return discarded.rowCount ?? 0;
}

/** The condition of a query for one dead letter. */
export function isDeadLetter({ accountId, eventId }: DeadLetterKey) {
  return and(eq(deadLetters.accountId, accountId), eq(deadLetters.eventId, eventId));
}

function after({ accountId, eventId }: DeadLetter) {
  return or(
    gt(deadLetters.accountId, accountId),
    and(eq(deadLetters.accountId, accountId), gt(deadLetters.eventId, eventId)),
  );
}
