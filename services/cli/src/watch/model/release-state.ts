import type { TimelineEvent } from './sample.ts';
import { belongsTo, eventCount, eventTime, readClusterEvent } from './cluster-event.ts';
import { conditionEvents } from './conditions.ts';
import {
  componentOf,
  type AutoscalerObject,
  type EventObject,
  type PodObject,
  type WatchedKind,
  type WatchedObjects,
} from './objects.ts';
import { podEvents } from './pod-events.ts';

/** The objects of a release as last seen, by kind and name. */
export type ReleaseState = {
  readonly [K in WatchedKind]: ReadonlyMap<string, WatchedObjects[K]>;
};

/** One object appeared or changed (`object`), or is gone (`object` undefined). */
export type Change = {
  [K in WatchedKind]: { kind: K; name: string; object: WatchedObjects[K] | undefined };
}[WatchedKind];

const chartName = 'event-platform';
const repeatAfterMs = 30_000;

export const emptyState: ReleaseState = {
  deployments: new Map(),
  pods: new Map(),
  horizontalpodautoscalers: new Map(),
  scaledobjects: new Map(),
  events: new Map(),
};

export interface RollUpContext {
  /** Name of the Helm release. */
  release: string;
  /** ISO 8601. */
  now: string;
}

/**
 * Applies a change to the state and returns the events that it means. A change without a difference, as after a reconnect,
 * means none.
 */
export function applyChange(
  state: ReleaseState,
  change: Change,
  context: RollUpContext,
): { state: ReleaseState; events: TimelineEvent[] } {
  if (change.kind === 'events' && !isOwn(change.object, state, context)) {
    return { state, events: [] };
  }
  const events = describeChange(state, change, context);
  // Of an event that repeats, the reported one is kept, so that its age decides on the next report.
  if (change.kind === 'events' && change.object && events.length === 0) {
    if (state.events.has(change.name)) return { state, events };
  }
  const objects = new Map<string, WatchedObjects[WatchedKind]>(state[change.kind]);
  if (change.object) objects.set(change.name, change.object);
  else objects.delete(change.name);
  return { state: { ...state, [change.kind]: objects }, events };
}

/** A busy namespace has thousands of events; those of others are not even kept. */
function isOwn(event: EventObject | undefined, state: ReleaseState, { release }: RollUpContext) {
  return !event || belongsTo(event.involvedObject.name ?? '', fullnameOf(state, release));
}

function describeChange(
  state: ReleaseState,
  change: Change,
  { now }: RollUpContext,
): TimelineEvent[] {
  const { name } = change;
  switch (change.kind) {
    case 'pods':
      return changedPod(state.pods.get(name), change.object, now);
    case 'horizontalpodautoscalers': {
      const before = state.horizontalpodautoscalers.get(name);
      return turned('HPA', before, change.object, now);
    }
    case 'scaledobjects':
      return turned('ScaledObject', state.scaledobjects.get(name), change.object, now);
    case 'events':
      return newEvent(state.events.get(name), change.object);
    case 'deployments':
      // Its own events report it.
      return [];
  }
}

/** A pod of a StatefulSet comes back under its old name, which is another pod all the same. */
function changedPod(before: PodObject | undefined, after: PodObject | undefined, now: string) {
  if (before && after && before.metadata.uid !== after.metadata.uid) {
    return [...podEvents(before, undefined, now), ...podEvents(undefined, after, now)];
  }
  return podEvents(before, after, now);
}

function turned(
  kind: string,
  before: Pick<AutoscalerObject, 'metadata' | 'status'> | undefined,
  after: Pick<AutoscalerObject, 'metadata' | 'status'> | undefined,
  now: string,
): TimelineEvent[] {
  if (!before || !after) return [];
  const [was, is] = [before.status?.conditions, after.status?.conditions];
  return conditionEvents(kind, after.metadata, was, is, now);
}

function newEvent(
  before: EventObject | undefined,
  after: EventObject | undefined,
): TimelineEvent[] {
  if (!after || (before && !isWorthRepeating(before, after))) return [];
  return [readClusterEvent(after) ?? []].flat();
}

/** A probe that fails each second is reported every half minute, not each second. */
function isWorthRepeating(reported: EventObject, now: EventObject): boolean {
  if (eventCount(reported) === eventCount(now)) return false;
  return Date.parse(eventTime(now)) - Date.parse(eventTime(reported)) >= repeatAfterMs;
}

/**
 * What the chart calls its objects by, read off a Deployment: `ep-event-platform` of
 * `ep-event-platform-api`. Before there is one, what the chart would call them without overrides.
 */
function fullnameOf({ deployments }: ReleaseState, release: string): string {
  for (const [name, deployment] of deployments) {
    const suffix = `-${componentOf(deployment)}`;
    if (name.endsWith(suffix)) return name.slice(0, -suffix.length);
  }
  return release.includes(chartName) ? release : `${release}-${chartName}`;
}
