import type pg from 'pg';

/** What one database keeps of dead letters that are not discarded. */
export interface DeadLetterTotals {
  /** Of each reason that occurs. */
  reasons: { reason: string; deadLetters: number; oldestAgeSeconds: number }[];
  /** On disk, discarded ones included. */
  bytes: number;
}

// The texts are not read: long ones are stored out of line, and their size comes from the file.
const reasonsQuery = `
SELECT reason, count(*)::int AS "deadLetters",
  extract(epoch FROM now() - min(dead_lettered_at))::float8 AS "oldestAgeSeconds"
FROM dead_letters WHERE discarded_at IS NULL GROUP BY reason ORDER BY reason`;

const bytesQuery = `SELECT pg_total_relation_size('dead_letters')::float8 AS bytes`;

/** Adds up the dead letters of one database. */
export async function readDeadLetterTotals(
  database: Pick<pg.ClientBase, 'query'>,
): Promise<DeadLetterTotals> {
  const { rows: reasons } = await database.query<DeadLetterTotals['reasons'][number]>(reasonsQuery);
  const { rows } = await database.query<{ bytes: number }>(bytesQuery);
  return { reasons, bytes: rows[0]?.bytes ?? 0 };
}
