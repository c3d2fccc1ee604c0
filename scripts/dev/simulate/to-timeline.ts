import type { TimelineSample } from '@event-platform/cli/watch/model/sample';
import type { Settings } from './settings.ts';
import type { SimulatedMoment } from './simulate.ts';

/** A simulation in the form of a recording of `make watch`, so that both are drawn alike. */
export function toTimeline(
  moments: readonly SimulatedMoment[],
  { eventsPerJob }: Settings,
): TimelineSample[] {
  let acceptedJobs = 0;
  return moments.map(({ atS, backlog, ageS, wanted, ready, inPerS, outPerS, stored }) => {
    acceptedJobs = Math.max(acceptedJobs, stored + backlog);
    return {
      time: new Date(atS * 1_000).toISOString(),
      workers: { wanted, ready, starting: wanted - ready, ending: 0 },
      api: null,
      queue: {
        waiting: 0,
        prioritized: Math.round(backlog),
        active: 0,
        delayed: 0,
        failed: 0,
        pendingEvents: Math.round(backlog * eventsPerJob),
        oldestAgeS: ageS,
      },
      inPerS: inPerS * eventsPerJob,
      outPerS: outPerS * eventsPerJob,
      accepted: Math.round(acceptedJobs * eventsPerJob),
      stored: Math.round(stored * eventsPerJob),
      duplicates: 0,
      dead: 0,
      events: [],
    };
  });
}
