import { WaitingError, type Job } from 'bullmq';
import type { AccountClass } from '@event-platform/core/storage/accounts/account-class';
import { NewerFormat } from '@event-platform/core/event/job-formats';
import { countEvents, decodeJob, type EventJob } from '@event-platform/core/event/job';
import { checkRows } from '@event-platform/core/event/row-slices';
import type { Logger } from '@event-platform/core/platform/logger';
import type { BatchSize } from '../coalesce/coalescer.ts';
import type { EventWriter } from '../store/event-writer.ts';
import type { Liveness } from '../ops/liveness.ts';
import type { WorkerMetrics } from '../ops/worker-metrics.ts';
import type { JobSlots } from './job-slots.ts';
import type { createReturnNewerJob } from './return-newer-job.ts';

export interface ProcessJobOptions {
  writer: EventWriter;
  metrics: WorkerMetrics;
  liveness: Liveness;
  slots: JobSlots;
  logger: Logger;
  /** The class in metrics of a job's account. */
  classOf: (job: EventJob) => AccountClass;
  /** Aborted at shutdown, once the grace for PostgreSQL is used up. */
  giveUp: AbortSignal;
  /** Those that this build reads (core/event/job-formats.ts). */
  formats: readonly number[];
  /** Returns a job of a newer one; see return-newer-job.ts. */
  returnNewerJob: ReturnType<typeof createReturnNewerJob>;
  /** Called with each job whose events are stored or dead. */
  onDone: (job: EventJob) => void;
}

/**
 * Builds the processor: it returns, and BullMQ completes the job, only after the COMMIT that holds
 * the job's events. Throws on a job that cannot be read: it uses up its attempts, and then
 * `dead-letter-failed-jobs.ts` deals with it. A job of a newer format is returned, delayed, and uses up no
 * attempt. At shutdown a job that could not be stored waits again and uses up no attempt.
 */
export function createProcessJob(options: ProcessJobOptions) {
  const { writer, metrics, liveness, slots, logger, classOf, giveUp, onDone } = options;
  const { formats, returnNewerJob } = options;

  /** True: the job waits again. An error here must not hide the error of the job. */
  async function giveBack(job: Job<string, void>, token?: string): Promise<boolean> {
    try {
      // Without a priority the job is at the head of the queue: it has waited for its turn already.
      await job.changePriority({ priority: 0 });
      if (!giveUp.aborted) return false;
      await job.moveToWait(token);
      return true;
    } catch (error) {
      logger.warn({ err: error, jobId: job.id }, 'a job could not be put at the head of the queue');
      return false;
    }
  }

  return async function processJob(job: Job<string, void>, token?: string): Promise<void> {
    liveness.started();
    const release = metrics.jobHeld(job.timestamp);
    let size: BatchSize | undefined;
    try {
      const eventJob = decodeJob(job.data, formats);
      // What was decoded is held from here on; BullMQ needs no more than the job's id.
      job.data = '';
      const accountClass = classOf(eventJob);
      metrics.jobStarted(Date.now() - job.timestamp, accountClass);
      const events = countEvents(eventJob);
      size = { events, bytes: eventJob.bytes };
      slots.took(size);
      // Rows that cannot be read fail their whole batch, and that only once: here they fail alone.
      if (job.attemptsMade > 0) checkRows([{ rows: eventJob.rows, events }]);
      await writer.write(eventJob);
      metrics.jobStored(Date.now() - job.timestamp, accountClass);
      onDone(eventJob);
    } catch (error) {
      if (error instanceof NewerFormat) return await returnNewerJob(job, error, token);
      if (await giveBack(job, token)) throw new WaitingError();
      throw error;
    } finally {
      release();
      if (size) slots.gave(size);
      liveness.ended();
    }
  };
}
