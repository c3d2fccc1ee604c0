import { and, eq, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { isDeadLetter, type DeadLetter } from './dead-letter-list.ts';
import { deadLetters } from '../schema.ts';

/**
 * Keeps another version of an event beside the one that died; a replay stores the newer. Only if the
 * letter is still the one that was looked at.
 *
 * @param letter as it was read
 * @param row EventRow JSON with the same account and event id; null takes an edit back
 * @returns false when the letter is gone, or was edited or renewed since it was read
 */
export async function editDeadLetter(
  pool: pg.Pool,
  deadLetter: DeadLetter,
  row: string | null,
): Promise<boolean> {
  const edited = await drizzle(pool)
    .update(deadLetters)
    .set({ editedRow: row, editedAt: row === null ? null : sql`now()` })
    .where(
      and(
        isDeadLetter(deadLetter),
        eq(deadLetters.row, deadLetter.row),
        sql`${deadLetters.editedRow} IS NOT DISTINCT FROM ${deadLetter.editedRow}`,
      ),
    );
  return edited.rowCount === 1;
}
