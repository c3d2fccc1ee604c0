import { UnreadableRows } from '../../event/unreadable-rows.ts';
import type { Batch } from './batch.ts';
import { copyEvents } from './copy-events.ts';
import {
  StoreUnavailable,
  defaultStorePolicy,
  storeBatch,
  type StoreOutcome,
  type StorePolicy,
} from './event-store.ts';
import { sqlstateOf } from '../session/retry-policy.ts';
import type { Shard } from '../placement/shards.ts';

/** Below this many events the round trips of a transaction cost more than COPY saves. */
const minCopyEvents = 50;

/**
 * Builds the store of one shard. A batch of new events, the usual case, is written by COPY, which fails as
 * a whole on one duplicate or poison event. The INSERT statement then separates them, and stays in use until
 * a batch holds no duplicate: a stream of repeats costs one COPY in vain, not one per batch.
 */
export function createCopyFirst(shard: Shard) {
  let expectsDuplicates = false;

  return async function store(
    parts: readonly Batch[],
    policy: StorePolicy = defaultStorePolicy,
  ): Promise<StoreOutcome> {
    const events = parts.reduce((sum, part) => sum + part.events, 0);
    const ledgerEntries = parts.flatMap((part) => part.ledgerEntries);
    // Poison isolation needs the INSERT statement.
    if (!expectsDuplicates && policy.suspected !== true && events >= minCopyEvents) {
      policy.onStatement?.();
      const stored = await copy(shard, parts);
      if (stored) return { stored, dead: [], statements: 1 };
    }
    const outcome = await storeBatch(shard, parts, policy, ledgerEntries);
    const fresh = outcome.stored.reduce((sum, { events }) => sum + events, 0);
    expectsDuplicates = fresh + outcome.dead.length < events;
    return outcome;
  };
}

/** Undefined when PostgreSQL refuses a row, or when the counts of the batch are not known beforehand. */
async function copy(
  shard: Shard,
  parts: readonly Batch[],
): Promise<StoreOutcome['stored'] | undefined> {
  if (parts.some((part) => !part.minuteCounts || part.ledgerEntries.length === 0)) return undefined;
  try {
    return await copyEvents(shard.pool, parts);
  } catch (error) {
    if (error instanceof UnreadableRows) throw error;
    if (sqlstateOf(error) !== undefined) return undefined;
    throw new StoreUnavailable(`Shard ${shard.name} does not take events`, { cause: error });
  }
}
