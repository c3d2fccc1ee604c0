import type { RowsPart } from '../../event/row-slices.ts';
import { UnreadableRows } from '../../event/unreadable-rows.ts';
import { copyEvents, type RollUpCount } from './copy-events.ts';
import {
  StoreUnavailable,
  defaultStorePolicy,
  storeBatch,
  type StoreOutcome,
  type StorePolicy,
} from './event-store.ts';
import type { SettledEntry } from '../ledger/ledger-entries.ts';
import { sqlstateOf } from '../session/retry-policy.ts';
import type { Shard } from '../placement/shards.ts';

/** Events that came together; a batch is made of some. */
export interface BatchPart extends RowsPart {
  events: number;
  /** All of these rows by account, minute and type; undefined where the api could not tell. */
  minuteCounts: readonly RollUpCount[] | undefined;
  /** What the ledger settles with these rows; none for jobs that no ledger counts. */
  ledgerEntries: readonly SettledEntry[];
}

/** Below this many events the round trips of a transaction cost more than COPY saves. */
const minCopyEvents = 50;

/**
 * Builds the store of one shard. New events, which are the rule, go in by COPY. It fails as a whole on
 * one duplicate or poison; the statement then tells them apart, and goes on being used until a batch
 * holds no duplicate. So a stream of repeats costs one COPY that was in vain, not one a batch.
 */
export function createCopyFirst(shard: Shard) {
  let expectsDuplicates = false;

  return async function store(
    parts: readonly BatchPart[],
    policy: StorePolicy = defaultStorePolicy,
  ): Promise<StoreOutcome> {
    const events = parts.reduce((sum, part) => sum + part.events, 0);
    const ledgerEntries = parts.flatMap((part) => part.ledgerEntries);
    // A batch that is suspected goes to the statement, which finds out whose fault it is.
    if (!expectsDuplicates && policy.suspected !== true && events >= minCopyEvents) {
      policy.onStatement?.();
      const stored = await copy(shard, parts);
      if (stored) return { stored, dead: [], statements: 1 };
    }
    const outcome = await storeBatch(shard, parts, policy, ledgerEntries);
    const fresh = outcome.stored.reduce((sum, { count }) => sum + count, 0);
    expectsDuplicates = fresh + outcome.dead.length < events;
    return outcome;
  };
}

/** Undefined when PostgreSQL has something against a row, or the batch cannot be counted beforehand. */
async function copy(
  shard: Shard,
  parts: readonly BatchPart[],
): Promise<StoreOutcome['stored'] | undefined> {
  const minuteCounts: RollUpCount[] = [];
  for (const part of parts) {
    if (!part.minuteCounts || part.ledgerEntries.length === 0) return undefined;
    minuteCounts.push(...part.minuteCounts);
  }
  try {
    const ledgerEntries = parts.flatMap((part) => part.ledgerEntries);
    return await copyEvents(shard.pool, {
      rows: parts.map(({ rows }) => rows),
      minuteCounts,
      ledgerEntries,
    });
  } catch (error) {
    if (error instanceof UnreadableRows) throw error;
    if (sqlstateOf(error) !== undefined) return undefined;
    throw new StoreUnavailable(`Shard ${shard.name} does not take events`, { cause: error });
  }
}
