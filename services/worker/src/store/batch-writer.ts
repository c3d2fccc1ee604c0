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
import type { ShardPart } from '@event-platform/core/storage/write/split-by-shard';

/** Longest pause between tries while PostgreSQL is away, in milliseconds. */
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
 * Writes the batches of one shard. While PostgreSQL is away it holds its batch and tries again with
 * growing pauses: the jobs stay locked by this worker, no slot gets free, so no job is fetched only
 * to be put back. A batch that is refused again and again while PostgreSQL answers is searched for
 * the events that it is refused for.
 */
export function createBatchWriter(shard: Shard, options: BatchWriterOptions) {
  const { logger, giveUp, onTry, onStored } = options;
  const store = createCopyFirst(shard);

  return async function writeBatch(parts: ShardPart[]): Promise<void> {
    const events = parts.reduce((sum, part) => sum + part.events, 0);
    let isolateAfterFailures = 0;
    for (let attempt = 0; ; attempt++) {
      const startedAtMs = performance.now();
      try {
        const suspected = isolateAfterFailures >= isolateAfter;
        // What was held so often has been tried in place often enough.
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
          logger.warn({ err: error }, 'suspecting the events of a batch that is held');
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
 * Waits for the work, but not beyond the moment of giving up: a PostgreSQL that hangs would outlast
 * the shutdown. What it still commits is harmless, since the next worker finds it stored.
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
