import { and, eq, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { isDeadLetter, type DeadLetter } from './dead-letter-list.ts';
import { deadLetters } from '../schema.ts';

/**
 * Keeps an edited version of an event beside the original; a replay stores the edited one. Only if the dead
 * letter has not changed since it was read.
 *
 * @param deadLetter as it was read
 * @param row EventRow JSON with the same account and event id; null removes the edit
 * @returns false when the dead letter is gone, or was edited or renewed since it was read
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
