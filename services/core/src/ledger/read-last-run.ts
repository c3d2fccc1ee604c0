import { setTimeout as sleep } from 'node:timers/promises';
import { readLedgerRun, type LedgerRun } from '../storage/ledger/ledger-runs.ts';
import type { Shard } from '../storage/placement/shards.ts';

/** A shard that does not answer within this time hangs. */
const answerWithinMs = 1_500;

/**
 * Reads the result of the last run on a shard; undefined before the first one. A shard that hangs fails soon,
 * so that it cannot delay the others.
 *
 * @throws the error of PostgreSQL, or an Error after 1.5 s without an answer
 */
export async function readLastRun({ pool }: Shard): Promise<LedgerRun | undefined> {
  const answer = readLedgerRun(pool);
  const expired = new AbortController();
  const timeout = sleep(answerWithinMs, undefined, { signal: expired.signal }).then(() => {
    throw new Error(`PostgreSQL did not answer within ${answerWithinMs} ms`);
  });
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    expired.abort();
  }
}
