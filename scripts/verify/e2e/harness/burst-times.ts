import type { Moment } from './recorder.ts';

/** How long each stretch of a burst took, in seconds. */
export interface BurstTimes {
  /** First event sent → first event stored, from no pod at all. */
  firstStored: number;
  /** First pod ready → all `maxPods` ready; null when the last came too late to help. */
  firstToAll: number | null;
  /** First event sent → last event stored. */
  stored: number;
  /** Queue empty → no pod asked for. */
  emptyToZero: number;
  /** Most jobs that waited at once. */
  peakBacklog: number;
}

/**
 * Reads the times off a recording that began with the first event and ended at zero pods.
 *
 * @param events how many were sent
 * @throws Error naming the stretch that the recording does not have
 */
export function burstTimes(
  moments: readonly Moment[],
  events: number,
  maxPods: number,
): BurstTimes {
  const first = (name: string, is: (moment: Moment) => boolean): number => {
    const moment = moments.find(is);
    if (!moment) throw new Error(`The recording never shows ${name}`);
    return moment.atMs;
  };
  const ready = first('a ready pod', (moment) => moment.ready > 0);
  const stored = first('all events stored', (moment) => moment.stored >= events);
  const empty = first(
    'an empty queue after the burst',
    (moment) => moment.atMs >= stored && moment.backlog === 0,
  );
  // On a slow machine the backlog may be gone before the last pod is there: slow, and not wrong.
  const all = moments.find((moment) => moment.ready >= maxPods);
  const seconds = (ms: number) => Math.round(ms / 100) / 10;
  return {
    firstStored: seconds(first('a stored event', (moment) => moment.stored > 0)),
    firstToAll: all ? seconds(all.atMs - ready) : null,
    stored: seconds(stored),
    emptyToZero: seconds(
      first('no pods', (moment) => moment.atMs >= empty && moment.wanted === 0) - empty,
    ),
    peakBacklog: Math.max(...moments.map((moment) => moment.backlog)),
  };
}
