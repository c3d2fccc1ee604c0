import { setTimeout as sleep } from 'node:timers/promises';
import { createCopyFirst } from '@event-platform/core/storage/write/copy-first';
import {
  StoreUnavailable,
  defaultStorePolicy,
  type StoreOutcome,
} from '@event-platform/core/storage/write/event-store';
import { logDeadLetters } from '@event-platform/core/storage/dead-letters/log-dead-letters';
import { isolateAfter, ruleFor } from '@event-platform/core/storage/session/retry-policy';
import type { Shard } from '@event-platform/core/storage/placement/shards';
import type { Logger } from '@event-platform/core/platform/logger';
import type { ShardBatch } from '@event-platform/core/storage/write/split-by-shard';

/** Longest pause between attempts while PostgreSQL is unavailable, in milliseconds. */
const maxPauseMs = 5_000;

export interface BatchWriterOptions {
  logger: Logger;
  /** Aborted at shutdown: stop waiting for PostgreSQL and give the jobs back. */
  giveUp: AbortSignal;
  /** Called before each statement and after each try, good or bad; liveness counts it as progress. */
  onTry: () => void;
  /** Called once per stored batch. */
  onStored: (batch: { events: number; tookMs: number; outcome: StoreOutcome }) => void;
}

/**
 * Writes the batches of one shard. While PostgreSQL is unavailable it holds its batch and retries with
 * growing pauses. The jobs stay locked by this worker and no slot becomes free, so no job is fetched only to
 * be returned. A batch that PostgreSQL refuses repeatedly while it is up goes to poison isolation.
 */
export function createBatchWriter(shard: Shard, options: BatchWriterOptions) {
  const { logger, giveUp, onTry, onStored } = options;
  const store = createCopyFirst(shard);

  return async function writeBatch(parts: ShardBatch[]): Promise<void> {
    const events = parts.reduce((sum, part) => sum + part.events, 0);
    let isolateAfterFailures = 0;
    for (let attempt = 0; ; attempt++) {
      const startedAtMs = performance.now();
      try {
        const suspected = isolateAfterFailures >= isolateAfter;
        // A batch that was held so often needs no immediate retries.
        const retryBudget = suspected ? { attempts: 1, suspected } : {};
        const policy = { ...defaultStorePolicy, ...retryBudget, onStatement: onTry };
        const outcome = await untilGivenUp(() => store(parts, policy), giveUp);
        onStored({ events, tookMs: performance.now() - startedAtMs, outcome });
        logDeadLetters(logger, 'data_error', outcome.dead);
        if (attempt > 0) logger.info({ shard: shard.name, attempt }, 'PostgreSQL is back');
        return;
      } catch (error) {
        if (!(error instanceof StoreUnavailable) || giveUp.aborted) throw error;
        isolateAfterFailures =
          ruleFor(error.cause).later === 'bisect' ? isolateAfterFailures + 1 : 0;
        if (attempt === 0) logger.warn({ err: error }, 'holding a batch until PostgreSQL is back');
        if (isolateAfterFailures === isolateAfter) {
          logger.warn({ err: error }, 'isolating the poison of a batch that is held');
        }
        const pauseMs = Math.min(250 * 2 ** attempt, maxPauseMs) * (0.75 + Math.random() / 2);
        await sleep(pauseMs, undefined, { signal: giveUp }).catch(() => undefined);
      } finally {
        onTry();
      }
    }
  };
}

/**
 * Waits for the work until `giveUp` at most: a PostgreSQL that hangs would outlast the shutdown. A late
 * COMMIT is harmless, since the next worker finds the events stored.
 */
async function untilGivenUp<T>(work: () => Promise<T>, giveUp: AbortSignal): Promise<T> {
  const { promise: givenUp, reject } = Promise.withResolvers<never>();
  const stop = () => reject(new StoreUnavailable('The worker shuts down'));
  if (giveUp.aborted) stop();
  giveUp.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([givenUp, giveUp.aborted ? givenUp : work()]);
  } finally {
    giveUp.removeEventListener('abort', stop);
  }
}
