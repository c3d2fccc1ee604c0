import { countReplicas } from '../model/count-replicas.ts';
import { answersLately, queueOf, rateIn, rateOut, type Meter } from '../model/meter.ts';
import type { ReleaseState } from '../model/release-state.ts';
import type { TimelineEvent, TimelineSample } from '../model/sample.ts';

/** Puts together what is known of a release at one moment. */
export function takeSample(
  state: ReleaseState,
  meter: Meter,
  events: readonly TimelineEvent[],
  nowMs: number,
): TimelineSample {
  const workers = countReplicas(state, 'worker');
  // Ready workers that do not answer may store any number of events; at zero workers nothing leaves.
  const isSilent = (workers?.ready ?? 0) > 0 && !answersLately(meter, 'worker', nowMs);
  return {
    time: new Date(nowMs).toISOString(),
    workers,
    api: countReplicas(state, 'api'),
    queue: queueOf(meter, nowMs),
    inPerS: round(rateIn(meter, nowMs)),
    outPerS: isSilent ? null : round(rateOut(meter, nowMs)),
    ...meter.totals,
    events: [...events].sort((a, b) => a.time.localeCompare(b.time)),
  };
}

function round(rate: number | null): number | null {
  return rate === null ? null : Math.round(rate * 10) / 10;
}
