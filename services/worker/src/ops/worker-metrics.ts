import { Histogram, type Registry } from 'prom-client';
import type { StoreOutcome } from '@event-platform/shared/database/event-store';
import { createStoreMetrics } from '@event-platform/shared/database/store-metrics';

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The worker's metrics; the names are those of docs/operations.md. */
export interface WorkerMetrics {
  /** A job reached a slot this long after it was added. */
  jobStarted: (waitedMs: number) => void;
  /** A job's events are committed this long after it was added. */
  jobStored: (ageMs: number) => void;
  batchStored: (batch: { events: number; tookMs: number; outcome: StoreOutcome }) => void;
  /** Events of a job that ended as dead letters outside a batch. */
  jobDied: (events: number, reason: string) => void;
}

/** Registers the worker's metrics, with account labels for the first accounts only. */
export function createWorkerMetrics(registry: Registry, maxAccounts: number): WorkerMetrics {
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

  return {
    jobStarted: (waitedMs) => {
      latency.observe(waitedMs / 1000);
    },
    jobStored: (ageMs) => {
      freshness.observe(ageMs / 1000);
    },
    batchStored({ events, tookMs, outcome }) {
      store.stored(events, outcome);
      size.observe(events);
      duration.observe(tookMs / 1000);
    },
    jobDied: store.died,
  };
}
