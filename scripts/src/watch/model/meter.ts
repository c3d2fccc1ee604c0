import type { QueueCounts } from '../timeline/sample.ts';
import type { Counters, PodReading } from './read-metrics.ts';

/** A rate is taken over this long; a reading older than this says nothing about now. */
const rateWindowMs = 5_000;

type Component = 'api' | 'worker';

/** What the pods' counters add up to while pods come, go and restart. */
export interface Meter {
  /** Events since the watch began. */
  readonly totals: Counters;
  /** The last reading of each pod, by its uid. */
  readonly lastOfPod: ReadonlyMap<string, Counters>;
  /** Totals at the times when pods of a component answered, oldest first, a window and one more. */
  readonly history: { readonly [C in Component]: readonly Point[] };
  readonly queue: { readonly atMs: number; readonly counts: QueueCounts } | undefined;
}

interface Point {
  atMs: number;
  events: number;
}

export interface MeterReading extends PodReading {
  uid: string;
  component: Component;
  atMs: number;
  /** True when the pod came while we watched, so that all it counted is new. */
  isNewborn: boolean;
}

const nothing: Counters = { accepted: 0, stored: 0, duplicates: 0, dead: 0 };

export const emptyMeter: Meter = {
  totals: nothing,
  lastOfPod: new Map(),
  history: { api: [], worker: [] },
  queue: undefined,
};

/** Adds what a pod counted since its last reading. */
export function addReading(meter: Meter, reading: MeterReading): Meter {
  const { uid, component, atMs, counters, queue, isNewborn } = reading;
  const last = meter.lastOfPod.get(uid) ?? (isNewborn ? nothing : counters);
  const totals = mapCounters((name) => {
    // A counter that went back belongs to a container that was started anew.
    const since = counters[name] < last[name] ? counters[name] : counters[name] - last[name];
    return meter.totals[name] + since;
  });
  const events = component === 'api' ? totals.accepted : left(totals);
  return {
    totals,
    lastOfPod: new Map(meter.lastOfPod).set(uid, counters),
    history: {
      ...meter.history,
      [component]: addPoint(meter.history[component], { atMs, events }),
    },
    queue: queue ? { atMs, counts: queue } : meter.queue,
  };
}

/** Events a second of late; null when no pod of the component answered lately, or only once. */
export function rateOf(meter: Meter, component: Component, nowMs: number): number | null {
  const points = meter.history[component];
  const first = points.at(0);
  const last = points.at(-1);
  if (!first || !last || last.atMs === first.atMs || last.atMs < nowMs - rateWindowMs) return null;
  return ((last.events - first.events) * 1_000) / (last.atMs - first.atMs);
}

/** The queue as it was told last, unless that is too long ago. */
export function queueOf({ queue }: Meter, nowMs: number): QueueCounts | null {
  return queue && queue.atMs >= nowMs - rateWindowMs ? queue.counts : null;
}

/** Stored, known before, or dead: all that leave the queue for good. */
function left({ stored, duplicates, dead }: Counters): number {
  return stored + duplicates + dead;
}

function addPoint(points: readonly Point[], point: Point): Point[] {
  const start = points.findLastIndex(({ atMs }) => atMs <= point.atMs - rateWindowMs);
  return [...points.slice(Math.max(0, start)), point];
}

function mapCounters(valueOf: (name: keyof Counters) => number): Counters {
  return {
    accepted: valueOf('accepted'),
    stored: valueOf('stored'),
    duplicates: valueOf('duplicates'),
    dead: valueOf('dead'),
  };
}
