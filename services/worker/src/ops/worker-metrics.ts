import { Counter, Histogram, type Registry } from 'prom-client';
import { createLabelGuard } from '@event-platform/shared/platform/label-guard';
import type { StoreOutcome } from '@event-platform/shared/database/event-store';

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
  const registers = [registry];
  const ingested = new Counter({
    name: 'events_ingested_total',
    help: 'Events stored for the first time.',
    labelNames: ['account_id', 'type'],
    registers,
  });
  const counters = {
    stored: counter('events_stored_total', 'Events stored for the first time.'),
    duplicates: counter('events_duplicate_total', 'Events that were stored before.'),
    statements: counter('store_statements_total', 'Statements sent; above one a batch: retries.'),
  };
  const dead = new Counter({
    name: 'events_dead_total',
    help: 'Events moved to the dead letters.',
    labelNames: ['reason'],
    registers,
  });
  const histograms = {
    latency: histogram('event_queue_latency_seconds', 'From enqueue to processing.', seconds),
    freshness: histogram('event_freshness_seconds', 'From enqueue to COMMIT.', seconds),
    size: histogram(
      'store_batch_events',
      'Events per batch.',
      [1, 10, 50, 100, 500, 1e3, 2e3, 5e3],
    ),
    duration: histogram('store_batch_duration_seconds', 'Time to store a batch.', seconds),
  };
  const guardAccount = createLabelGuard(maxAccounts);
  const guardType = createLabelGuard(maxAccounts);
  dead.inc({ reason: 'data_error' }, 0);

  function counter(name: string, help: string) {
    return new Counter({ name, help, registers });
  }
  function histogram(name: string, help: string, buckets: number[]) {
    return new Histogram({ name, help, buckets, registers });
  }
  return {
    jobStarted: (waitedMs) => histograms.latency.observe(waitedMs / 1000),
    jobStored: (ageMs) => histograms.freshness.observe(ageMs / 1000),
    batchStored({ events, tookMs, outcome }) {
      let stored = 0;
      for (const { accountId, type, count } of outcome.stored) {
        stored += count;
        ingested.inc({ account_id: guardAccount(accountId), type: guardType(type) }, count);
      }
      counters.stored.inc(stored);
      counters.duplicates.inc(events - stored - outcome.dead.length);
      counters.statements.inc(outcome.statements);
      dead.inc({ reason: 'data_error' }, outcome.dead.length);
      histograms.size.observe(events);
      histograms.duration.observe(tookMs / 1000);
    },
    jobDied: (events, reason) => dead.inc({ reason }, events),
  };
}
