import { and, asc, count, desc, eq, gt, isNotNull, isNull, or, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { deadLetters } from './schema.ts';

/** An event that could not be stored, as it is kept. */
export type DeadLetter = typeof deadLetters.$inferSelect;

/** Which letters are meant; absent fields mean any. */
export interface DeadLetterFilter {
  accountId?: string | undefined;
  reason?: string | undefined;
  /** True: only the discarded ones; false: only the others. */
  isDiscarded: boolean;
}

/** Letters of one shard, latest death first. */
export async function listDeadLetters(
  pool: pg.Pool,
  filter: DeadLetterFilter,
  limit: number,
): Promise<DeadLetter[]> {
  return drizzle(pool)
    .select()
    .from(deadLetters)
    .where(matching(filter))
    .orderBy(desc(deadLetters.diedAt), asc(deadLetters.accountId), asc(deadLetters.eventId))
    .limit(limit);
}

/** How many letters of one shard there are. */
export async function countDeadLetters(pool: pg.Pool, filter: DeadLetterFilter): Promise<number> {
  const [row] = await drizzle(pool)
    .select({ letters: count() })
    .from(deadLetters)
    .where(matching(filter));
  return row?.letters ?? 0;
}

/** One letter of a shard, discarded or not. */
export async function findDeadLetter(
  pool: pg.Pool,
  accountId: string,
  eventId: string,
): Promise<DeadLetter | undefined> {
  const [letter] = await drizzle(pool)
    .select()
    .from(deadLetters)
    .where(and(eq(deadLetters.accountId, accountId), eq(deadLetters.eventId, eventId)));
  return letter;
}

/**
 * Every letter of a shard by key, a page at a time. Letters that vanish or die again on the way
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
 * Removes a letter whose event is stored, or that was handed to another shard. False: it was gone.
 */
export async function removeDeadLetter(
  pool: pg.Pool,
  accountId: string,
  eventId: string,
): Promise<boolean> {
  const removed = await drizzle(pool)
    .delete(deadLetters)
    .where(and(eq(deadLetters.accountId, accountId), eq(deadLetters.eventId, eventId)))
    .returning({ eventId: deadLetters.eventId });
  return removed.length > 0;
}

/**
 * Gives events up for good. Their letters stay as proof, with the time and the reason.
 *
 * @param letters those that match, and only this one when `eventId` is given
 * @returns how many were discarded now; those that were already do not count
 */
export async function discardDeadLetters(
  pool: pg.Pool,
  letters: { accountId?: string | undefined; eventId?: string | undefined },
  reason: string,
): Promise<number> {
  const { accountId, eventId } = letters;
  const discarded = await drizzle(pool)
    .update(deadLetters)
    .set({ discardedAt: sql`now()`, discardReason: reason })
    .where(
      and(
        matching({ accountId, isDiscarded: false }),
        eventId === undefined ? undefined : eq(deadLetters.eventId, eventId),
      ),
    );
  return discarded.rowCount ?? 0;
}

function matching({ accountId, reason, isDiscarded }: DeadLetterFilter) {
  return and(
    accountId === undefined ? undefined : eq(deadLetters.accountId, accountId),
    reason === undefined ? undefined : eq(deadLetters.reason, reason),
    isDiscarded ? isNotNull(deadLetters.discardedAt) : isNull(deadLetters.discardedAt),
  );
}

function after({ accountId, eventId }: DeadLetter) {
  return or(
    gt(deadLetters.accountId, accountId),
    and(eq(deadLetters.accountId, accountId), gt(deadLetters.eventId, eventId)),
  );
}
