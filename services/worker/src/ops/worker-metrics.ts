import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { AccountClass } from '@event-platform/core/storage/accounts/account-class';
import type { StoreOutcome } from '@event-platform/core/storage/write/event-store';
import {
  createStoreMetrics,
  type StoreMetrics,
} from '@event-platform/core/storage/write/store-metrics';

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The worker's metrics; the names are those of docs/operations.md. */
export interface WorkerMetrics extends StoreMetrics {
  /** A job that was added then, in epoch milliseconds, reached a slot. Call what is returned when it leaves. */
  jobHeld: (addedAtMs: number) => () => void;
  /** A job that can be read is in hand this long after it was added. */
  jobStarted: (ageMs: number, accountClass: AccountClass) => void;
  /** A job's events are committed this long after it was added. */
  jobStored: (ageMs: number, accountClass: AccountClass) => void;
  /** A job of this format, which only a newer build reads, went back. */
  returned: (format: number) => void;
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
  const latency = registerAges(
    registry,
    'event_queue_latency_seconds',
    'From enqueue to processing, by class of the account.',
  );
  const freshness = registerAges(
    registry,
    'event_freshness_seconds',
    'From enqueue to COMMIT, by class of the account.',
  );
  const size = histogram(
    'store_batch_events',
    'Events per batch.',
    [1, 10, 50, 100, 500, 1_000, 2_000, 5_000],
  );
  const duration = histogram('store_batch_duration_seconds', 'Time to store a batch.', seconds);

  return {
    ...store,
    returned: registerReturned(registry),
    jobHeld: registerHeldJobs(registry, now),
    jobStarted: latency,
    jobStored: freshness,
    batchStored({ events, tookMs, outcome }) {
      store.stored(events, outcome);
      size.observe(events);
      duration.observe(tookMs / 1000);
    },
  };
}

/** Registers the count of jobs that went back for a newer build. */
function registerReturned(registry: Registry) {
  const returned = new Counter({
    name: 'jobs_returned_total',
    help: 'Jobs of a format that only a newer version reads, each time one was given back.',
    labelNames: ['format'],
    registers: [registry],
  });
  return (format: number) => returned.inc({ format: String(format) });
}

/** Registers a histogram of ages of jobs; most accounts are `standard`, so its series is there from the start. */
function registerAges(registry: Registry, name: string, help: string) {
  const histogram = new Histogram({
    name,
    help,
    labelNames: ['account_class'],
    buckets: seconds,
    registers: [registry],
  });
  histogram.zero({ account_class: 'standard' });
  return (ageMs: number, accountClass: AccountClass) => {
    histogram.observe({ account_class: accountClass }, ageMs / 1_000);
  };
}

/**
 * Registers the age of the oldest job in hand: while PostgreSQL is unavailable nothing is stored, so the
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
