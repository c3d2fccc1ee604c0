import type { AddressInfo } from 'node:net';
import { readableFormats } from '@event-platform/core/event/job-formats';
import { SchemaWatch } from '@event-platform/core/storage/schema-watch';
import { closeRedis } from '@event-platform/core/platform/close-redis';
import { runShutdown } from '@event-platform/core/platform/lifecycle';
import type { Logger } from '@event-platform/core/platform/logger';
import { createRegistry } from '@event-platform/core/platform/metrics';
import { startOpsServer } from '@event-platform/core/platform/ops-server';
import { watchDatabase, watchRefusal } from '@event-platform/core/platform/redis-refusal';
import type { RunningService } from '@event-platform/core/platform/run-service';
import { notifyWaiters } from '@event-platform/core/queue/commit-notifications';
import { PendingIds } from '@event-platform/core/queue/pending-ids';
import type { WorkerConfig } from './config/config.ts';
import { connect } from './config/connect.ts';
import { announceRegularly } from './consume/announce-regularly.ts';
import { createConsumer, minJobs } from './consume/create-consumer.ts';
import { createJobSlots } from './consume/job-slots.ts';
import { createPendingIdAck } from './consume/pending-id-ack.ts';
import { createProcessJob } from './consume/process-job.ts';
import { createReturnNewerJob } from './consume/return-newer-job.ts';
import { watchAccountClasses } from './ops/account-classes.ts';
import { createLiveness } from './ops/liveness.ts';
import { createWorkerMetrics } from './ops/worker-metrics.ts';
import { createEventWriter } from './store/event-writer.ts';

/**
 * Connects everything and starts to consume, as soon as the schema is there. Starts also while Redis or
 * PostgreSQL is down.
 *
 * @param formats of jobs that it reads; fewer than all that are known to play an older build
 */
export async function startWorker(
  config: WorkerConfig,
  logger: Logger,
  formats = readableFormats,
): Promise<RunningService> {
  const connections = connect(config, logger);
  const { redis, keys, shards } = connections;
  const waiting = new PendingIds(redis, keys);
  const registry = createRegistry('worker');
  const metrics = createWorkerMetrics(registry, config.METRIC_ACCOUNTS, Date.now);
  const redisRefusal = watchRefusal(redis);
  const misconfigured = watchDatabase(redis);
  const liveness = createLiveness(config.LIVENESS_STALL_MS, Date.now);
  const shutdown = new AbortController();
  const giveUp = shutdown.signal;
  const writer = createEventWriter({
    shards,
    logger,
    batchEvents: config.BATCH_EVENTS,
    batchBytes: config.BATCH_BYTES,
    batchAgeMs: config.BATCH_AGE_MS,
    writers: config.WRITERS,
    maxJobs: config.CONCURRENCY,
    giveUp,
    onTry: liveness.tried,
    onStored: metrics.batchStored,
  });
  const pendingIds = createPendingIdAck(async (jobs) => {
    await Promise.all([notifyWaiters(redis, keys, jobs), waiting.ack(jobs)]);
  }, logger);
  const slots = createJobSlots({
    // What is being written, and the batch that is next.
    max: {
      events: (config.WRITERS + 1) * config.BATCH_EVENTS,
      bytes: (config.WRITERS + 1) * config.BATCH_BYTES,
    },
    minJobs: minJobs(config),
    maxJobs: config.CONCURRENCY,
    setSlots: (jobs) => (consumer.concurrency = jobs),
  });
  const onDone = pendingIds.done;
  const classes = watchAccountClasses(shards.directory, logger);
  const processJob = createProcessJob({
    writer,
    metrics,
    liveness,
    slots,
    logger,
    classOf: classes.ofJob,
    formats,
    returnNewerJob: createReturnNewerJob(logger, metrics.returned),
    giveUp,
    onDone,
  });
  const announcements = announceRegularly(redis, keys, formats, logger);
  const consumer = createConsumer(processJob, config, connections, logger);
  const schema = new SchemaWatch({ shards, registry, logger });
  void schema.ready.then(() => {
    void classes.start();
    announcements.start();
    // As BullMQ does with a worker that runs by itself.
    consumer.run().catch((error: unknown) => consumer.emit('error', error as Error));
  });
  const ops = await startOpsServer(config.OPS_PORT, config.HOST, {
    live: () => liveness.health(),
    ready: () => ({
      ok: redis.status === 'ready' && schema.wasReady,
      detail: {
        redis: redisRefusal() ?? redis.status,
        schema: schema.summary,
      },
    }),
    registry,
  });

  await schema.start();

  async function drain(): Promise<void> {
    // Half of the time goes to finishing; after that, jobs go back to the queue instead.
    const timer = setTimeout(() => shutdown.abort(), config.SHUTDOWN_DEADLINE_MS / 2);
    // Without Redis no job could be given back, and an orderly close would wait for it.
    await consumer.close(redis.status !== 'ready');
    clearTimeout(timer);
  }
  return {
    port: (ops.address() as AddressInfo).port,
    misconfigured: Promise.race([misconfigured, schema.refused]),
    stop: () =>
      runShutdown(
        [
          { name: 'stop reading the schema', run: () => schema.stop() },
          { name: 'drain the jobs in hand', run: drain },
          { name: 'announce no formats any more', run: () => announcements.stop() },
          { name: 'flush the last batch', run: () => writer.close() },
          { name: 'strike the last notes', run: () => pendingIds.flush() },
          { name: 'stop reading classes of accounts', run: () => classes.stop() },
          { name: 'close Redis', run: () => closeRedis(redis) },
          { name: 'close PostgreSQL', run: () => shards.close() },
          { name: 'close the operational port', run: () => void ops.close() },
        ],
        config.SHUTDOWN_DEADLINE_MS,
        logger,
      ),
  };
}
