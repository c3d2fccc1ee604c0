import { setTimeout as sleep } from 'node:timers/promises';
import { parseRows, rowsAsJson } from '../contracts/row-lines.ts';
import { classifyFailure, sqlstateOf } from './classify-failure.ts';
import { buryEvent } from './dead-letters.ts';
import { settleLots, type SettledLot } from './ledger-lots.ts';
import type { Shard } from './shards.ts';
import { storeEvents, type StoredCount } from './store-events.ts';

/** PostgreSQL did not take a batch, for reasons that are not the batch's. Nothing is known to be stored. */
export class StoreUnavailable extends Error {
  override name = 'StoreUnavailable';
}

export interface StoreOutcome {
  /** Newly stored events per account and type. */
  stored: StoredCount[];
  /** Events that went to the dead letters, per account. */
  dead: { accountId: string; eventId: string; sqlstate: string | undefined }[];
  /** Statements that it took; more than one means retries or a search for poison. */
  statements: number;
}

export interface StorePolicy {
  /** Tries in place before the batch is given back. */
  attempts: number;
  /** Pause before the second try; doubles with each further one, with jitter. */
  backoffMs: number;
}

export const defaultStorePolicy: StorePolicy = { attempts: 3, backoffMs: 50 };

/**
 * Stores a batch: every event ends as stored, as a duplicate of a stored one, or as a dead letter.
 * Safe to call again with the same batch, also after an error half-way.
 *
 * @param rows lines (contracts/row-lines.ts), all of accounts on this shard
 * @param lots what the rows were accepted as; settled once, with the rows or after the last poison
 * @throws StoreUnavailable when PostgreSQL stays away for all attempts
 * @throws UnreadableRows, SyntaxError when the rows are none of ours
 */
export async function storeBatch(
  shard: Shard,
  rows: string,
  policy: StorePolicy = defaultStorePolicy,
  lots: readonly SettledLot[] = [],
): Promise<StoreOutcome> {
  const outcome: StoreOutcome = { stored: [], dead: [], statements: 0 };
  const poison = await tryRows(shard, rowsAsJson(rows), policy, outcome, lots);
  if (poison !== undefined) {
    await bisect(shard, parseRows(rows), poison, policy, outcome);
    await settle(shard, lots);
  }
  return outcome;
}

/** Returns undefined when the rows are stored, else the error that one of them causes. */
async function tryRows(
  shard: Shard,
  rows: string,
  policy: StorePolicy,
  outcome: StoreOutcome,
  lots: readonly SettledLot[] = [],
): Promise<unknown> {
  for (let attempt = 1; ; attempt++) {
    try {
      outcome.statements++;
      outcome.stored.push(...(await storeEvents(shard.pool, rows, lots)));
      return undefined;
    } catch (error) {
      if (classifyFailure(error) === 'data') return error;
      if (attempt >= policy.attempts) {
        throw new StoreUnavailable(`Shard ${shard.name} does not take events`, { cause: error });
      }
      await sleep(policy.backoffMs * 2 ** (attempt - 1) * (0.5 + Math.random()));
    }
  }
}

/**
 * Halves the batch until each poisonous event stands alone: 2·log₂(n) statements for one of n. The
 * good halves are committed on the way.
 */
async function bisect(
  shard: Shard,
  events: ReturnType<typeof parseRows>,
  error: unknown,
  policy: StorePolicy,
  outcome: StoreOutcome,
): Promise<void> {
  const [only] = events;
  if (only !== undefined && events.length === 1) {
    const sqlstate = sqlstateOf(error);
    await bury(shard, only, sqlstate, error);
    outcome.dead.push({ accountId: only.a, eventId: only.e, sqlstate });
    return;
  }
  const middle = Math.ceil(events.length / 2);
  for (const half of [events.slice(0, middle), events.slice(middle)]) {
    const rows = half.map((event) => JSON.stringify(event)).join(',');
    const poison = await tryRows(shard, rows, policy, outcome);
    if (poison !== undefined) await bisect(shard, half, poison, policy, outcome);
  }
}

async function bury(
  shard: Shard,
  event: ReturnType<typeof parseRows>[number],
  sqlstate: string | undefined,
  error: unknown,
): Promise<void> {
  try {
    const message = error instanceof Error ? error.message : String(error);
    await buryEvent(shard.pool, event, { reason: 'data_error', sqlstate, message, attempts: 1 });
  } catch (failure) {
    throw new StoreUnavailable(`Shard ${shard.name} does not take dead letters`, {
      cause: failure,
    });
  }
}

/** Settles what bisection has dealt with. A crash before it leaves the lots to the next delivery. */
async function settle(shard: Shard, lots: readonly SettledLot[]): Promise<void> {
  try {
    await settleLots(shard.pool, lots);
  } catch (failure) {
    throw new StoreUnavailable(`Shard ${shard.name} does not take the ledger's entries`, {
      cause: failure,
    });
  }
}
