import type pg from 'pg';
import { readSummary } from '@event-platform/shared/database/read-summary';
import type { Shard } from '@event-platform/shared/database/shards';

export const dayMs = 86_400_000;
const topUsers = 100;

/** A window of 24 hours that nobody has asked for. */
export interface Window {
  fromMs: number;
  toMs: number;
}

/** Reads a summary as the api does, and tells how many milliseconds that took. */
export async function timeSummary(
  database: pg.Client,
  account: string,
  { fromMs, toMs }: Window,
): Promise<number> {
  const startedAtMs = performance.now();
  await readSummary(shardOf(database), account, fromMs, toMs, topUsers);
  return performance.now() - startedAtMs;
}

/**
 * Times one part of the api's own statement: the expression of that name in its WITH clause, alone.
 * PostgreSQL does not compute the others, since nothing reads them.
 *
 * @returns milliseconds; undefined when the statement has no such part any more
 */
export async function timePart(
  database: pg.Client,
  account: string,
  { fromMs, toMs }: Window,
  part: 'types' | 'users',
): Promise<number | undefined> {
  let statement: { text: string; values: unknown[] } | undefined;
  const query = (asked: { text: string; values: unknown[] }) => {
    statement = asked;
    return Promise.resolve({ rows: [{}] });
  };
  await readSummary(
    { name: 'none', pool: { query } } as unknown as Shard,
    account,
    fromMs,
    toMs,
    topUsers,
  );
  const text =
    statement && statement.text.replace(/\n\)\s*\nSELECT[^]*$/, `\n) SELECT * FROM ${part}`);
  if (!statement || text === statement.text || !new RegExp(`\\b${part} AS`).test(text ?? '')) {
    return undefined;
  }
  const startedAtMs = performance.now();
  await database.query(text ?? '', statement.values);
  return performance.now() - startedAtMs;
}

function shardOf(database: pg.Client): Shard {
  return { name: 'main', pool: database as unknown as Shard['pool'] };
}
