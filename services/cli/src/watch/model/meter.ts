import type { QueueCounts } from './sample.ts';
import type { Counters, PodReading } from './read-metrics.ts';

/** A rate is taken over this long; an older reading is out of date. */
export const rateWindowMs = 5_000;

type Component = 'api' | 'worker';

/** What the pods' counters add up to while pods come, go and restart. */
export interface Meter {
  /** Events since the watch began. */
  readonly totals: Counters;
  /** The last reading of each pod, by its uid. */
  readonly lastOfPod: ReadonlyMap<string, Counters>;
  /** The totals whenever a pod answered, oldest first, for a window. */
  readonly history: readonly { atMs: number; totals: Counters }[];
  /** When a pod of a component answered last. */
  readonly answeredMs: { readonly [C in Component]?: number };
  readonly queue: { readonly atMs: number; readonly counts: QueueCounts } | undefined;
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
  history: [],
  answeredMs: {},
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
  const start = meter.history.findLastIndex((point) => point.atMs <= atMs - rateWindowMs);
  return {
    totals,
    lastOfPod: new Map(meter.lastOfPod).set(uid, counters),
    history: [...meter.history.slice(Math.max(0, start)), { atMs, totals }],
    answeredMs: { ...meter.answeredMs, [component]: atMs },
    queue: queue ? { atMs, counts: queue } : meter.queue,
  };
}

/** Events accepted a second, of late; null when no api pod answers. */
export function rateIn(meter: Meter, nowMs: number): number | null {
  return answersLately(meter, 'api', nowMs) ? growth(meter, ({ accepted }) => accepted) : null;
}

/** Events that left the queue a second, of late (stored, duplicate, dead); null when no pod answers. */
export function rateOut(meter: Meter, nowMs: number): number | null {
  if (!answersLately(meter, 'api', nowMs) && !answersLately(meter, 'worker', nowMs)) return null;
  return growth(meter, ({ stored, duplicates, dead }) => stored + duplicates + dead);
}

/** Whether a pod of the component answered within the window of a rate. */
export function answersLately({ answeredMs }: Meter, component: Component, nowMs: number): boolean {
  return (answeredMs[component] ?? -Infinity) >= nowMs - rateWindowMs;
}

/** The last reading of the queue, unless it is too old. */
export function queueOf({ queue }: Meter, nowMs: number): QueueCounts | null {
  return queue && queue.atMs >= nowMs - rateWindowMs ? queue.counts : null;
}

function growth({ history }: Meter, valueOf: (totals: Counters) => number): number | null {
  const first = history.at(0);
  const last = history.at(-1);
  if (!first || !last || last.atMs === first.atMs) return null;
  return ((valueOf(last.totals) - valueOf(first.totals)) * 1_000) / (last.atMs - first.atMs);
}

function mapCounters(valueOf: (name: keyof Counters) => number): Counters {
  return {
    accepted: valueOf('accepted'),
    stored: valueOf('stored'),
    duplicates: valueOf('duplicates'),
    dead: valueOf('dead'),
  };
}
