import { Gauge, Histogram, type Registry } from 'prom-client';
import type { StoreOutcome } from '@event-platform/shared/database/event-store';
import {
  createStoreMetrics,
  type StoreMetrics,
} from '@event-platform/shared/database/store-metrics';

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The worker's metrics; the names are those of docs/operations.md. */
export interface WorkerMetrics extends StoreMetrics {
  /** A job that was added then, in epoch milliseconds, reached a slot. Call what is returned when it leaves. */
  jobStarted: (addedAtMs: number) => () => void;
  /** A job's events are committed this long after it was added. */
  jobStored: (ageMs: number) => void;
  batchStored: (batch: { events: number; tookMs: number; outcome: StoreOutcome }) => void;
}

/**
 * Registers the worker's metrics, with account labels for the first accounts only.
 *
 * @param now clock in epoch milliseconds
 */
export function createWorkerMetrics(
  registry: Registry,
  maxAccounts: number,
  now: () => number,
): WorkerMetrics {
  const store = createStoreMetrics(registry, maxAccounts);
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name, help, buckets, registers: [registry] });
  const latency = histogram('event_queue_latency_seconds', 'From enqueue to processing.', seconds);
  const freshness = histogram('event_freshness_seconds', 'From enqueue to COMMIT.', seconds);
  const size = histogram(
    'store_batch_events',
    'Events per batch.',
    [1, 10, 50, 100, 500, 1_000, 2_000, 5_000],
  );
  const duration = histogram('store_batch_duration_seconds', 'Time to store a batch.', seconds);

  const hold = registerHeldJobs(registry, now);

  return {
    ...store,
    jobStarted(addedAtMs) {
      latency.observe((now() - addedAtMs) / 1000);
      return hold(addedAtMs);
    },
    jobStored: (ageMs) => {
      freshness.observe(ageMs / 1000);
    },
    batchStored({ events, tookMs, outcome }) {
      store.stored(events, outcome);
      size.observe(events);
      duration.observe(tookMs / 1000);
    },
  };
}

/**
 * Registers the age of the oldest job in hand: while PostgreSQL is away nothing is stored, so the
 * histogram of freshness stands still, and this grows.
 */
function registerHeldJobs(registry: Registry, now: () => number) {
  const held = new Set<{ addedAtMs: number }>();
  new Gauge({
    name: 'worker_oldest_held_job_seconds',
    help: 'Age of the oldest job in this worker’s hands; 0 when it holds none.',
    registers: [registry],
    collect() {
      const oldestMs = Math.min(now(), ...[...held].map((job) => job.addedAtMs));
      this.set((now() - oldestMs) / 1000);
    },
  });
  return (addedAtMs: number) => {
    const job = { addedAtMs };
    held.add(job);
    return () => void held.delete(job);
  };
}
