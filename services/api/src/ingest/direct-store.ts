import { randomUUIDv7 } from 'node:crypto';
import {
  BulkheadRejectedError,
  BrokenCircuitError,
  ConsecutiveBreaker,
  bulkhead,
  circuitBreaker,
  handleType,
  wrap,
} from 'cockatiel';
import { StoreUnavailable, storeBatch } from '@event-platform/core/storage/write/event-store';
import { logDeadLetters } from '@event-platform/core/storage/dead-letters/log-dead-letters';
import type { StoreMetrics } from '@event-platform/core/storage/write/store-metrics';
import type { ShardMap } from '@event-platform/core/storage/placement/shards';
import type { Logger } from '@event-platform/core/platform/logger';
import type { Batch } from './batch.ts';

export interface DirectStoreSettings {
  shards: Pick<ShardMap, 'forAccount'>;
  metrics: StoreMetrics;
  logger: Logger;
  /** Writes at once. */
  writers: number;
  /** Batches that may wait for their turn. */
  queue: number;
  /** Characters of rows that may be held at once, waiting or being written; one batch is always taken. */
  maxCharacters: number;
}

/** What became of a direct write. */
export type DirectOutcome =
  | {
      outcome: 'stored';
      /** Ids that PostgreSQL refused, kept as dead letters. */ dead: Set<string>;
    }
  | { outcome: 'unavailable' };

/** How long the breaker stays open after `failuresToOpen` writes failed in a row. */
const openMs = 2_000;
const failuresToOpen = 5;

/** Fewer attempts than a worker's: a client waits for the answer and can retry as well. */
const storePolicy = { attempts: 2, backoffMs: 50 };

/**
 * The path without Redis: the same statement that the workers use, so an event that came both ways
 * is stored once. Few connections and a bounded queue, since PostgreSQL is slower one request at a
 * time than in the workers' batches; when it fails too, the breaker answers at once.
 */
export function createDirectStore(settings: DirectStoreSettings) {
  const { shards, metrics, logger, writers, queue, maxCharacters } = settings;
  const breaker = circuitBreaker(handleType(StoreUnavailable), {
    halfOpenAfter: openMs,
    breaker: new ConsecutiveBreaker(failuresToOpen),
  });
  const policy = wrap(bulkhead(writers, queue), breaker);
  let heldCharacters = 0;

  return async function storeDirectly({
    accountId,
    events,
    rows,
    minute,
  }: Pick<Batch, 'accountId' | 'events' | 'rows' | 'minute'>): Promise<DirectOutcome> {
    const { length } = rows;
    if (heldCharacters > 0 && heldCharacters + length > maxCharacters) {
      return { outcome: 'unavailable' };
    }
    heldCharacters += length;
    try {
      const shard = shards.forAccount(accountId);
      const ledgerEntry = {
        id: randomUUIDv7(),
        minute,
        accounts: [[accountId, events]],
        isDirect: true,
      } as const;
      const outcome = await policy.execute(() =>
        storeBatch(shard, rows, storePolicy, [ledgerEntry]),
      );
      metrics.stored(events, outcome);
      logDeadLetters(logger, 'data_error', outcome.dead);
      return { outcome: 'stored', dead: new Set(outcome.dead.map(({ eventId }) => eventId)) };
    } catch (error) {
      const isExpected =
        error instanceof StoreUnavailable ||
        error instanceof BrokenCircuitError ||
        error instanceof BulkheadRejectedError;
      if (!isExpected) throw error;
      return { outcome: 'unavailable' };
    } finally {
      heldCharacters -= length;
    }
  };
}

export type StoreDirectly = ReturnType<typeof createDirectStore>;
