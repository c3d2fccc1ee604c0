import type { Redis } from 'ioredis';
import { Gauge, type Registry } from 'prom-client';
import type { QueueKeys } from '@event-platform/core/platform/queue-names';
import type { TextQueue } from '@event-platform/core/queue/text-job';
import { within } from '@event-platform/core/platform/within';
import type { RedisMemory } from '../admission/redis-memory.ts';
import { readQueue, states, type QueueReading } from './queue-reading.ts';

export interface QueueMetricsDependencies {
  registry: Registry;
  /** A client that fails at once while Redis is unavailable. */
  redis: Redis;
  queue: Pick<TextQueue, 'name' | 'toKey'>;
  keys: Pick<QueueKeys, 'pending'>;
  /** Watches how full Redis is; 0 until it has looked. */
  memory: Pick<RedisMemory, 'ratio'>;
  /** Events that may wait in all, QUEUE_MAX_PENDING_EVENTS. */
  maxPendingEvents: number;
  /** How long jobs have waited without any of them being taken, in seconds. */
  stalledSeconds: () => number;
  /** Clock in epoch milliseconds. */
  now: () => number;
}

/** A scrape waits no longer than this for Redis. */
const scrapeTimeoutMs = 1_000;

type Apply = (gauge: Gauge<string>, reading: QueueReading) => void;

/**
 * Registers the gauges of the queue, read once for each scrape. Without Redis they have no samples:
 * the last numbers would show a queue that stands still.
 */
export function registerQueueMetrics(dependencies: QueueMetricsDependencies): void {
  const { registry, queue, memory, maxPendingEvents, stalledSeconds } = dependencies;
  const readOnce = createSharedReading(dependencies);
  const register = (name: string, help: string, labelNames: string[], apply: Apply) =>
    new Gauge<string>({
      name,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        const reading = await readOnce();
        this.reset();
        // `reset` leaves a zero behind where there are no labels.
        if (labelNames.length === 0) this.remove();
        if (reading) apply(this, reading);
      },
    });

  register(
    'bullmq_queue_waiting',
    'Jobs that wait for a worker (wait and prioritized).',
    ['queue'],
    (gauge, { jobs }) => gauge.set({ queue: queue.name }, jobs.wait + jobs.prioritized),
  );
  register('bullmq_queue_jobs', 'Jobs by state.', ['queue', 'state'], (gauge, { jobs }) => {
    for (const state of states) gauge.set({ queue: queue.name, state }, jobs[state]);
  });
  register(
    'bullmq_oldest_job_age_seconds',
    'Age of the job that is next in turn; 0 when none waits.',
    ['queue'],
    (gauge, { headAgeSeconds }) => gauge.set({ queue: queue.name }, headAgeSeconds),
  );
  register(
    'queue_pending_events',
    'Events accepted and not yet stored or dead.',
    [],
    (gauge, { pendingEvents }) => gauge.set(pendingEvents),
  );
  register(
    'queue_pending_ratio',
    'Events accepted and not yet stored or dead, as a share of QUEUE_MAX_PENDING_EVENTS; at 1 the api refuses.',
    [],
    (gauge, { pendingEvents }) => gauge.set(pendingEvents / maxPendingEvents),
  );
  register(
    'queue_stalled_seconds',
    'How long jobs have waited without any of them being taken; 0 when none waits.',
    [],
    (gauge) => gauge.set(stalledSeconds()),
  );
  register(
    'bullmq_queue_paused',
    'Whether the queue is paused by an operator; workers take no job then.',
    ['queue'],
    (gauge, { isPaused }) => gauge.set({ queue: queue.name }, Number(isPaused)),
  );
  register(
    'redis_memory_used_ratio',
    'Used memory of Redis as a share of maxmemory, or of the machine where none is set.',
    [],
    (gauge) => {
      if (memory.ratio > 0) gauge.set(memory.ratio);
    },
  );
}

/** All gauges of a scrape share one reading. */
function createSharedReading({ redis, queue, keys, now }: QueueMetricsDependencies) {
  let underWay: Promise<QueueReading | undefined> | undefined;
  return () =>
    (underWay ??= within(scrapeTimeoutMs, readQueue(redis, queue, keys, now()))
      .catch(() => undefined)
      .finally(() => (underWay = undefined)));
}
