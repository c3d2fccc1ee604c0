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

/** Events that came together, such as those of a job. */
export interface BatchPart extends RowsPart {
  events: number;
  /** All of these rows by account, minute and type; undefined where the api could not count them. */
  minuteCounts: readonly RollUpCount[] | undefined;
  /** What the ledger settles with these rows; none for jobs that no ledger counts. */
  ledgerEntries: readonly SettledEntry[];
}

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
    parts: readonly BatchPart[],
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
    const fresh = outcome.stored.reduce((sum, { count }) => sum + count, 0);
    expectsDuplicates = fresh + outcome.dead.length < events;
    return outcome;
  };
}

/** Undefined when PostgreSQL refuses a row, or when the counts of the batch are not known beforehand. */
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
