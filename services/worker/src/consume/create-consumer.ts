import { TextWorker } from '@event-platform/core/queue/text-job';
import type { Logger } from '@event-platform/core/platform/logger';
import type { WorkerConfig } from '../config/config.ts';
import type { Connections } from '../config/connect.ts';
import type { createProcessJob } from './process-job.ts';

/** How often a job may lose its worker; each crash of a node counts. */
const maxStalledCount = 10;

/** After a failed command, such as in an outage of Redis, try again this soon. */
const retryAfterMs = 1_000;

/** One for each writer and one that waits, however large they are. */
export function minJobs({ WRITERS, CONCURRENCY }: WorkerConfig): number {
  return Math.min(WRITERS + 1, CONCURRENCY);
}

/** The consumer of jobs. Redis down: it waits, and resumes by itself (BullMQ from 6.3.3 on). */
export function createConsumer(
  processJob: ReturnType<typeof createProcessJob>,
  config: WorkerConfig,
  { redis }: Connections,
  logger: Logger,
): TextWorker {
  const worker = new TextWorker(config.QUEUE_NAME, processJob, {
    connection: redis,
    prefix: config.REDIS_PREFIX,
    autorun: false,
    // Jobs of unknown size: a few, until their size is known (job-slots.ts).
    concurrency: minJobs(config),
    lockDuration: config.LOCK_DURATION_MS,
    stalledInterval: config.STALLED_INTERVAL_MS,
    maxStalledCount,
    runRetryDelay: retryAfterMs,
  });
  worker.on('error', (error) => logger.warn({ err: error }, 'the queue reports an error'));
  worker.on('stalled', (jobId) => logger.warn({ jobId }, 'took over a job whose worker died'));
  return worker;
}
