import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@event-platform/core/platform/logger';

/** How often failed jobs are moved to the dead letters, in milliseconds. */
const deadLetterEveryMs = 5_000;

/** With Redis away the round in progress may hang; a stop does not wait longer for it than this. */
const stopWaitMs = 1_000;

/**
 * Runs a burial over and over until stopped. One that fails is tried again in the next round.
 *
 * @param bury moves the failed jobs of the moment (bury-failed-jobs.ts)
 */
export function deadLetterRegularly(
  addDeadLetter: () => Promise<unknown>,
  logger: Logger,
): { stop: () => Promise<void> } {
  const stopped = new AbortController();
  const task = (async () => {
    while (!stopped.signal.aborted) {
      await addDeadLetter().catch((error: unknown) => {
        logger.warn({ err: error }, 'failed jobs could not be moved to the dead letters yet');
      });
      await sleep(deadLetterEveryMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopped.abort();
      const waited = new AbortController();
      const limit = sleep(stopWaitMs, undefined, { signal: waited.signal }).catch(() => undefined);
      await Promise.race([task, limit]);
      waited.abort();
    },
  };
}
