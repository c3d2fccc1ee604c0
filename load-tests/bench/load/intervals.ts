import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Interval } from './load-plan.ts';

/** Latencies of all senders by interval. A request belongs to the interval in which it was due. */
export class Intervals {
  private readonly all = [{ sinceMs: -Infinity, micros: createHistogram() }];

  /** Begins another interval; `sinceMs` is of `performance.now()`. */
  next(sinceMs = performance.now()): void {
    this.all.push({ sinceMs, micros: createHistogram() });
  }

  /** The latencies, in microseconds, of the interval in which this instant lies. */
  at(dueMs: number): RecordableHistogram | undefined {
    return this.all.findLast(({ sinceMs }) => sinceMs <= dueMs)?.micros;
  }

  /** Returns all intervals and begins anew with one. */
  take(): Interval[] {
    const taken = this.all.splice(0, this.all.length, {
      sinceMs: -Infinity,
      micros: createHistogram(),
    });
    return taken.map(({ micros }) => ({
      requests: micros.count,
      p50: micros.percentile(50) / 1_000,
      p99: micros.percentile(99) / 1_000,
      max: micros.max / 1_000,
    }));
  }
}
