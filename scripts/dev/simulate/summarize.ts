import type { Settings } from './settings.ts';
import type { SimulatedMoment } from './simulate.ts';

/** What SREs ask of a change before they make it. */
export interface Summary {
  peakBacklogJobs: number;
  /** The longest that the job next in turn had waited. */
  longestWaitS: number;
  /** How long that was beyond the promise. */
  lateForS: number;
  /** From the beginning until all was stored. */
  drainedAfterS: number;
  mostPods: number;
  /** Seconds of pods that were asked for: what it costs. */
  podSeconds: number;
  mostConnections: number;
}

/** Pure; the moments are equally far apart. */
export function summarize(
  moments: readonly SimulatedMoment[],
  { promiseS, connectionsPerPod, apiConnections }: Settings,
): Summary {
  const most = (pick: (moment: SimulatedMoment) => number) =>
    moments.reduce((max, moment) => Math.max(max, pick(moment)), 0);
  const everyS = (moments[1]?.atS ?? 0) - (moments[0]?.atS ?? 0);
  const mostPods = most(({ wanted }) => wanted);
  return {
    peakBacklogJobs: Math.round(most(({ backlog }) => backlog)),
    longestWaitS: most(({ ageS }) => ageS),
    lateForS: moments.filter(({ ageS }) => ageS > promiseS).length * everyS,
    drainedAfterS: (moments.findLast(({ backlog }) => backlog > 0)?.atS ?? 0) + everyS,
    mostPods,
    podSeconds: moments.reduce((sum, { wanted }) => sum + wanted * everyS, 0),
    mostConnections: apiConnections + mostPods * connectionsPerPod,
  };
}
