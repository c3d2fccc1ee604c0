import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Interval } from './traffic-plan.ts';

/** Latencies of all senders, lap by lap. A request belongs to the lap in which it was due. */
export class Intervals {
  private readonly all = [{ sinceMs: -Infinity, micros: createHistogram() }];

  /** The next lap begins; `sinceMs` is of `performance.now()`. */
  next(sinceMs = performance.now()): void {
    this.all.push({ sinceMs, micros: createHistogram() });
  }

  /** The latencies, in microseconds, of the lap to which what was due at this time belongs. */
  at(dueMs: number): RecordableHistogram | undefined {
    return this.all.findLast(({ sinceMs }) => sinceMs <= dueMs)?.micros;
  }

  read(): Interval[] {
    return this.all.map(({ micros }) => ({
      requests: micros.count,
      p50: micros.percentile(50) / 1_000,
      p99: micros.percentile(99) / 1_000,
      max: micros.max / 1_000,
    }));
  }
}
