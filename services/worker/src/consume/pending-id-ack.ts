import type { JobHeader } from '@event-platform/core/event/job';
import { Batcher } from '@event-platform/core/platform/batcher';
import type { Logger } from '@event-platform/core/platform/logger';

/** Removes the pending ids of finished jobs (core/queue/pending-ids.ts). */
export interface PendingIdAck {
  /** Called when a job's events are stored or dead-lettered. */
  done: (job: JobHeader) => void;
  /** Resolves when the pending ids of all jobs so far are removed, or cannot be. */
  flush: () => Promise<void>;
}

/** Characters of hashes in one call, some 125,000 events; jobs beyond it wait for the next call. */
const maxCharacters = 1_000_000;
const maxJobs = 1_000;

/**
 * Acknowledges the jobs of a batch together, in one round trip. Redis down: the pending ids stay; they are
 * hints and expire.
 *
 * @param ack removes the pending ids of some jobs, and notifies the requests that wait for them
 */
export function createPendingIdAck(
  ack: (jobs: JobHeader[]) => Promise<void>,
  logger: Logger,
): PendingIdAck {
  const batcher = new Batcher<JobHeader, undefined>({
    async send(jobs) {
      await ack(jobs).catch((error: unknown) => {
        logger.debug({ err: error }, 'pending ids of stored events were not removed; they expire');
      });
      return jobs.map(() => undefined);
    },
    maxItems: maxJobs,
    sizeOf: ({ ids }) => ids.length,
    maxSize: maxCharacters,
  });
  return {
    done: (job) => void batcher.add(job),
    flush: () => batcher.idle(),
  };
}
