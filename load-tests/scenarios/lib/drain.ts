import { sleep } from 'k6';
import http from 'k6/http';
import * as metrics from './metrics.ts';
import { settings, tenants } from './run.ts';
import { readTotals } from './summary.ts';

/** Longer than a worker's crash takes to be noticed; k6 ends a teardown a little later. */
export const maxDrainSeconds = 300;
const pauseSeconds = 0.5;
/** Totals that stay the same for so long have settled; longer where the queue's length is not known. */
const settleMs = { known: 1_000, unknown: 10_000 };
/** Events bear the time of their posting, so nothing of the run lies later than this. */
const spanMs = 3_600_000;

export interface Baseline {
  startedAtMs: number;
  /** Dead letters of the workers before; undefined where no metrics can be read. */
  dead: number | undefined;
}

export function takeBaseline(): Baseline {
  return { startedAtMs: Date.now(), dead: sumOfMetric('events_dead_total') };
}

/**
 * Waits until everything that was accepted is stored, as far as can be known, and counts it: by the
 * summaries of the run's tenants, over the span of the run. The end is known by an empty queue where
 * its metrics can be read, and by totals that stay the same.
 */
export function drain({ startedAtMs, dead }: Baseline, loadEndedAtMs: number): void {
  let stored = -1;
  let movedAtMs = loadEndedAtMs;
  for (let round = 0; ; round++) {
    const pending = sumOfMetric('queue_pending_events');
    // Another end of the span each time, as summaries are cached by their span.
    const to = new Date(startedAtMs + spanMs + round);
    const totals = readTotals(tenants, new Date(startedAtMs), to);
    const counted = totals.reduce<number>((sum, total) => sum + (total ?? 0), 0);
    const nowMs = Date.now();
    if (counted > stored) {
      // The first read finds what had been stored all along.
      if (stored >= 0) movedAtMs = nowMs;
      stored = counted;
    }
    const isEmpty = pending === undefined || pending === 0;
    const stillMs = pending === undefined ? settleMs.unknown : settleMs.known;
    if (isEmpty && nowMs - movedAtMs >= stillMs && !totals.includes(undefined)) break;
    if (nowMs - loadEndedAtMs > maxDrainSeconds * 1_000) {
      metrics.drainCut.add(1);
      break;
    }
    sleep(pauseSeconds);
  }
  metrics.eventsStored.add(stored);
  metrics.drainSeconds.add(Math.max(0, movedAtMs - loadEndedAtMs) / 1_000);
  const deadLetteredNow = sumOfMetric('events_dead_total');
  // A worker that was started anew counts from nothing.
  if (dead !== undefined && deadLetteredNow !== undefined) {
    metrics.eventsDead.add(deadLetteredNow >= dead ? deadLetteredNow - dead : deadLetteredNow);
  }
}

/** Over all addresses and labels; undefined where no address has it. */
function sumOfMetric(name: string): number | undefined {
  let sum: number | undefined;
  for (const url of settings.metricsUrls) {
    const response = http.get(url, { tags: { name: 'GET metrics' }, timeout: '5s' });
    if (response.status !== 200 || typeof response.body !== 'string') continue;
    for (const line of response.body.split('\n')) {
      const [, found, value] = /^(\w+)(?:\{.*\})? (\S+)/.exec(line) ?? [];
      if (found === name) sum = (sum ?? 0) + Number(value);
    }
  }
  return sum;
}
