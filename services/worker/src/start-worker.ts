import { setTimeout as sleep } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import { queueKeys } from '@event-platform/shared/contracts/queue';
import type { EventJob } from '@event-platform/shared/contracts/job';
import { createShardMap, parseShardSettings } from '@event-platform/shared/database/shards';
import { runShutdown } from '@event-platform/shared/platform/lifecycle';
import type { Logger } from '@event-platform/shared/platform/logger';
import { createRegistry } from '@event-platform/shared/platform/metrics';
import { startOpsServer } from '@event-platform/shared/platform/ops-server';
import type { RunningService } from '@event-platform/shared/platform/run-service';
import { createPool } from '@event-platform/shared/platform/postgres';
import { createWorkerRedis } from '@event-platform/shared/platform/redis';
import { TextQueue, TextWorker } from '@event-platform/shared/queue/text-job';
import { strikeWaiting } from '@event-platform/shared/queue/waiting-notes';
import type { WorkerConfig } from './config.ts';
import { buryFailedJobs } from './consume/bury-failed-jobs.ts';
import { createProcessJob } from './consume/process-job.ts';
import { createLiveness } from './ops/liveness.ts';
import { createWorkerMetrics } from './ops/worker-metrics.ts';
import { createEventWriter } from './store/event-writer.ts';

/** How often failed jobs are moved to the dead letters, in milliseconds. */
const buryEveryMs = 5_000;

/** A job may lose its worker this often; each crash of a node costs one. */
const maxStalledCount = 10;

/** Connects everything and starts to consume. Starts also while Redis or PostgreSQL is away. */
export async function startWorker(config: WorkerConfig, logger: Logger): Promise<RunningService> {
  const keys = queueKeys(config.REDIS_PREFIX, config.QUEUE_NAME);
  const shards = createShardMap(
    parseShardSettings(config.DATABASE_SHARDS, config.DATABASE_URL),
    config.DATABASE_URL,
    (url) =>
      createPool(
        {
          url,
          max: config.WRITERS + 1,
          statementTimeoutMs: config.DATABASE_STATEMENT_TIMEOUT_MS,
          applicationName: 'event-platform-worker',
        },
        logger,
      ),
  );
  const redis = createWorkerRedis(config.REDIS_URL, logger);
  const registry = createRegistry('worker');
  const metrics = createWorkerMetrics(registry, config.METRIC_ACCOUNTS);
  const liveness = createLiveness(config.LIVENESS_STALL_MS, Date.now);
  const giveUp = new AbortController();
  const writer = createEventWriter({
    shards,
    logger,
    batchEvents: config.BATCH_EVENTS,
    batchAgeMs: config.BATCH_AGE_MS,
    writers: config.WRITERS,
    maxJobs: config.CONCURRENCY,
    giveUp: giveUp.signal,
    onTry: liveness.tried,
    onStored: metrics.batchStored,
  });
  const notes = createNoteStriker((jobs) => strikeWaiting(redis, keys, jobs), logger);
  const worker = new TextWorker(
    config.QUEUE_NAME,
    createProcessJob({ writer, metrics, liveness, giveUp: giveUp.signal, onDone: notes.done }),
    {
      connection: redis,
      prefix: config.REDIS_PREFIX,
      concurrency: config.CONCURRENCY,
      lockDuration: config.LOCK_DURATION_MS,
      stalledInterval: config.STALLED_INTERVAL_MS,
      maxStalledCount,
      runRetryDelay: 1_000,
    },
  );
  worker.on('error', (error) => logger.warn({ err: error }, 'the queue reports an error'));
  worker.on('stalled', (jobId) => logger.warn({ jobId }, 'took over a job whose worker died'));
  const queue = new TextQueue(config.QUEUE_NAME, {
    connection: redis,
    prefix: config.REDIS_PREFIX,
  });
  queue.on('error', (error) => logger.debug({ err: error }, 'the queue reports an error'));
  const burying = startBurying(async () => {
    await buryFailedJobs({
      queue,
      shards,
      onBuried: (events, job) => {
        metrics.jobDied(events, job ? 'attempts_exhausted' : 'job_unreadable');
        if (job) notes.done(job);
      },
    });
  }, logger);

  const ops = await startOpsServer(config.OPS_PORT, config.HOST, {
    live: () => liveness.health(),
    ready: () => ({ ok: redis.status === 'ready', detail: { redis: redis.status } }),
    registry,
  });
  return {
    port: (ops.address() as AddressInfo).port,
    stop: () =>
      runShutdown(
        [
          { name: 'stop burying', run: () => burying.stop() },
          {
            name: 'drain the jobs in hand',
            run: async () => {
              // Half of the time goes to finishing; after that, jobs go back instead.
              const timer = setTimeout(() => giveUp.abort(), config.SHUTDOWN_DEADLINE_MS / 2);
              await worker.close();
              clearTimeout(timer);
            },
          },
          { name: 'flush the last batch', run: () => writer.close() },
          { name: 'strike the last notes', run: () => notes.flush() },
          { name: 'close the queue', run: () => queue.close() },
          { name: 'close Redis', run: () => redis.disconnect() },
          { name: 'close PostgreSQL', run: () => shards.close() },
          { name: 'close the operational port', run: () => void ops.close() },
        ],
        config.SHUTDOWN_DEADLINE_MS,
        logger,
      ),
  };
}

/** Gathers finished jobs for a moment, so that a batch of 100 jobs costs one round trip and not 100. */
function createNoteStriker(strike: (jobs: EventJob[]) => Promise<void>, logger: Logger) {
  let done: EventJob[] = [];
  let striking: Promise<void> | undefined;
  async function strikeAll(): Promise<void> {
    await sleep(1);
    const jobs = done;
    done = [];
    await strike(jobs).catch((error: unknown) => {
      logger.debug({ err: error }, 'notes of stored events were not struck off; they expire');
    });
    striking = done.length > 0 ? strikeAll() : undefined;
  }
  return {
    done: (job: EventJob) => {
      done.push(job);
      striking ??= strikeAll();
    },
    async flush() {
      while (striking) await striking;
    },
  };
}

/** Runs the burial over and over until stopped. */
function startBurying(bury: () => Promise<void>, logger: Logger) {
  const stopped = new AbortController();
  const loop = (async () => {
    while (!stopped.signal.aborted) {
      await bury().catch((error: unknown) => {
        logger.warn({ err: error }, 'failed jobs could not be moved to the dead letters yet');
      });
      await sleep(buryEveryMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopped.abort();
      // With Redis away the round in progress may hang; the shutdown does not wait for it.
      await Promise.race([loop, sleep(1_000)]);
    },
  };
}
