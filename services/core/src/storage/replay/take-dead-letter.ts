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
 * Hands a letter over to somewhere else and removes it, under a lock. A crash after `handOver` leaves the
 * letter, so that must be safe to repeat.
 *
 * @param handOver false: the letter stays
 * @returns what `handOver` said; undefined when the letter has gone in the meantime
 * @throws whatever `handOver` throws, and the error of PostgreSQL; the letter stays then
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
