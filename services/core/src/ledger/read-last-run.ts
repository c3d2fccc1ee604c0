import { within } from '../platform/within.ts';
import { readLedgerRun, type LedgerRun } from '../storage/ledger/ledger-runs.ts';
import type { Shard } from '../storage/placement/shards.ts';

/** A shard that does not answer within this time hangs. */
const answerWithinMs = 1_500;

/**
 * Reads the result of the last run on a shard; undefined before the first one. A shard that hangs fails soon,
 * so that it cannot delay the others.
 *
 * @throws the error of PostgreSQL, or NotInTime after 1.5 s
 */
export function readLastRun({ pool }: Shard): Promise<LedgerRun | undefined> {
  return within(answerWithinMs, readLedgerRun(pool));
}
