import { countReplicas } from '../model/count-replicas.ts';
import { queueOf, rateOf, type Meter } from '../model/meter.ts';
import type { ReleaseState } from '../model/release-state.ts';
import type { TimelineEvent, TimelineSample } from './sample.ts';

/** Puts together what is known of a release at one moment. */
export function takeSample(
  state: ReleaseState,
  meter: Meter,
  events: readonly TimelineEvent[],
  nowMs: number,
): TimelineSample {
  const workers = countReplicas(state, 'worker');
  return {
    time: new Date(nowMs).toISOString(),
    workers,
    api: countReplicas(state, 'api'),
    queue: queueOf(meter, nowMs),
    inPerS: round(rateOf(meter, 'api', nowMs)),
    outPerS: round(rateOf(meter, 'worker', nowMs) ?? rateWithoutWorkers(workers)),
    ...meter.totals,
    events: [...events].sort((a, b) => a.time.localeCompare(b.time)),
  };
}

/** Without a single pod nothing leaves the queue; with one that does not answer nobody knows. */
function rateWithoutWorkers(workers: TimelineSample['workers']): number | null {
  if (!workers) return null;
  return workers.ready + workers.starting + workers.ending === 0 ? 0 : null;
}

function round(rate: number | null): number | null {
  return rate === null ? null : Math.round(rate * 10) / 10;
}
