import { setTimeout as sleep } from 'node:timers/promises';
import type { JobHeader } from '@event-platform/core/event/job';
import type { Logger } from '@event-platform/core/platform/logger';

/** Strikes jobs off the notes that say what waits (shared/queue/waiting-notes.ts). */
export interface PendingIdAck {
  /** A job's events are stored or dead. */
  done: (job: JobHeader) => void;
  /** Resolves when everything done so far is struck off, or cannot be. */
  flush: () => Promise<void>;
}

/** Long enough for the jobs of a batch to come together, in milliseconds. */
const batchForMs = 1;

/**
 * Gathers finished jobs for a moment, so that a batch of 100 jobs costs one round trip and not 100.
 * Redis away: the notes stay; they are hints and expire.
 *
 * @param strike strikes a list of jobs off
 */
export function createPendingIdAck(
  ack: (jobs: JobHeader[]) => Promise<void>,
  logger: Logger,
): PendingIdAck {
  let batched: JobHeader[] = [];
  let striking: Promise<void> | undefined;

  async function ackAll(): Promise<void> {
    await sleep(batchForMs);
    const jobs = batched;
    batched = [];
    await ack(jobs).catch((error: unknown) => {
      logger.debug({ err: error }, 'notes of stored events were not struck off; they expire');
    });
    striking = batched.length > 0 ? ackAll() : undefined;
  }

  return {
    done(job) {
      batched.push(job);
      striking ??= ackAll();
    },
    async flush() {
      while (striking) await striking;
    },
  };
}
