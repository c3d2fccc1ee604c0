import { DelayedError, type Job } from 'bullmq';
import type { NewerFormat } from '@event-platform/core/event/job-formats';
import type { Logger } from '@event-platform/core/platform/logger';

/** The first pause, in milliseconds; doubles each time the job comes to a worker that cannot read it. */
const firstPauseMs = 1_000;
/** A worker that can read it has it after this long at the latest, and such jobs cost the others little. */
const maxPauseMs = 30_000;

/**
 * Builds the function that returns a job that only a newer build can read: it is delayed and uses up no
 * attempt. Each format is logged once, and each return is counted.
 */
export function createReturnNewerJob(logger: Logger, onReturned: (format: number) => void) {
  const logged = new Set<number>();

  /** @throws DelayedError, by which BullMQ leaves the job alone; the error of Redis when it stays here */
  return async function returnNewerJob(
    job: Job<string, void>,
    { format }: NewerFormat,
    token: string | undefined,
  ): Promise<never> {
    if (!logged.has(format)) {
      logged.add(format);
      logger.warn(
        { format, jobId: job.id },
        'returning jobs of a format that a newer version wrote: start workers of that version',
      );
    }
    const times = Math.min(10, Math.max(0, job.attemptsStarted - 1));
    const pauseMs = Math.min(firstPauseMs * 2 ** times, maxPauseMs) * (0.75 + Math.random() / 4);
    await job.moveToDelayed(Date.now() + Math.round(pauseMs), token);
    onReturned(format);
    throw new DelayedError();
  };
}
