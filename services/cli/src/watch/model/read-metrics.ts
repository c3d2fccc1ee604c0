import { sumOfMetric } from '../../lib/metrics-text.ts';
import type { QueueCounts } from './sample.ts';

/** Events counted by one process since it started. */
export interface Counters {
  accepted: number;
  stored: number;
  duplicates: number;
  dead: number;
}

/** What the `/metrics` of one pod contain. */
export interface PodReading {
  counters: Counters;
  /** Undefined: a worker, or Redis is down. */
  queue: QueueCounts | undefined;
}

/** Reads the metrics text of a pod of the api or the worker. */
export function readMetrics(text: string): PodReading {
  const sum = (name: string) => sumOfMetric(text, name) ?? 0;
  return {
    counters: {
      accepted: sum('events_accepted_total'),
      stored: sum('events_stored_total'),
      duplicates: sum('events_duplicate_total'),
      dead: sum('events_dead_total'),
    },
    queue: readQueue(text),
  };
}

function readQueue(text: string): QueueCounts | undefined {
  const jobs = (state: string) => sumOfMetric(text, 'bullmq_queue_jobs', `state="${state}"`);
  const waiting = jobs('wait');
  if (waiting === undefined) return undefined;
  return {
    waiting,
    prioritized: jobs('prioritized') ?? 0,
    active: jobs('active') ?? 0,
    delayed: jobs('delayed') ?? 0,
    failed: jobs('failed') ?? 0,
    pendingEvents: sumOfMetric(text, 'queue_pending_events') ?? 0,
    oldestAgeS: sumOfMetric(text, 'bullmq_oldest_job_age_seconds') ?? 0,
  };
}
