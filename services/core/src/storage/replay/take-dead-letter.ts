import { drizzle } from 'drizzle-orm/node-postgres';
import {
  isDeadLetter,
  type DeadLetter,
  type DeadLetterKey,
} from '../dead-letters/dead-letter-list.ts';
import { inTransaction } from '../session/in-transaction.ts';
import { deadLetters } from '../schema.ts';
import type { Shard } from '../placement/shards.ts';

/**
 * Hands a dead letter over and removes it, under a lock. After a crash behind `handOver` the dead letter is
 * still there, so `handOver` must be safe to repeat.
 *
 * @param handOver false: the dead letter stays
 * @returns the result of `handOver`; undefined when the dead letter was removed meanwhile
 * @throws the error of `handOver` or of PostgreSQL; the dead letter stays then
 */
export async function takeDeadLetter(
  source: Shard,
  key: DeadLetterKey,
  handOver: (deadLetter: DeadLetter) => Promise<boolean>,
): Promise<boolean | undefined> {
  return inTransaction(source.pool, async (session) => {
    const database = drizzle(session);
    const [deadLetter] = await database
      .select()
      .from(deadLetters)
      .where(isDeadLetter(key))
      .for('update');
    if (!deadLetter) return undefined;
    const isTaken = await handOver(deadLetter);
    if (isTaken) await database.delete(deadLetters).where(isDeadLetter(key));
    return isTaken;
  });
}
