import { drizzle } from 'drizzle-orm/node-postgres';
import { isLetter, type DeadLetter, type DeadLetterKey } from '../dead-letters/dead-letter-list.ts';
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
export async function takeLetter(
  source: Shard,
  key: DeadLetterKey,
  handOver: (letter: DeadLetter) => Promise<boolean>,
): Promise<boolean | undefined> {
  return inTransaction(source.pool, async (session) => {
    const database = drizzle(session);
    const [letter] = await database.select().from(deadLetters).where(isLetter(key)).for('update');
    if (!letter) return undefined;
    const isTaken = await handOver(letter);
    if (isTaken) await database.delete(deadLetters).where(isLetter(key));
    return isTaken;
  });
}
