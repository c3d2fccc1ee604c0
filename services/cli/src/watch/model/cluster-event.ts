import type { TimelineEvent } from './sample.ts';
import type { EventObject } from './objects.ts';

const shortKinds: Record<string, string> = { HorizontalPodAutoscaler: 'HPA' };

/** Kinds whose ordinary events repeat what the pods themselves show. */
const seenInPods = new Set(['Pod', 'ReplicaSet', 'PodDisruptionBudget', 'PersistentVolumeClaim']);

/** Reported at every change of the ScaledObject, without information. */
const chatter = new Set(['KEDAScalerInfo', 'KEDAScalersStarted']);

/** Every start that takes longer than a second has some; one that fails ends in a restart, which is reported. */
const startupProbe = /^Startup probe failed/;

/**
 * Turns an event of Kubernetes into one of the timeline.
 *
 * @returns undefined for an event that repeats what is shown otherwise
 */
export function readClusterEvent(event: EventObject): TimelineEvent | undefined {
  const { kind = '', name = '' } = event.involvedObject;
  const reason = event.reason ?? '';
  const isWarning = event.type === 'Warning';
  if (!isWarning && (seenInPods.has(kind) || chatter.has(reason))) return undefined;
  if (startupProbe.test(event.message ?? '')) return undefined;
  return {
    time: eventTime(event),
    kind: shortKinds[kind] ?? kind,
    name,
    reason,
    message: event.message ?? '',
    severity: isWarning ? 'warning' : 'normal',
  };
}

/** How often it happened; Kubernetes counts up one object instead of making more. */
export function eventCount(event: EventObject): number {
  return event.series?.count ?? event.count ?? 1;
}

/** When it happened last. */
export function eventTime({
  series,
  lastTimestamp,
  eventTime,
  firstTimestamp,
  metadata,
}: EventObject) {
  const time =
    series?.lastObservedTime ??
    lastTimestamp ??
    eventTime ??
    firstTimestamp ??
    metadata.creationTimestamp;
  return time ?? new Date(0).toISOString();
}

/**
 * Whether an object belongs to a release by its name, since events carry no labels: it begins with
 * what the chart calls its objects by and a component, KEDA's autoscaler with `keda-hpa-` before.
 */
export function belongsTo(name: string, fullname: string): boolean {
  const own = name.replace(/^keda-hpa-/, '');
  if (!own.startsWith(`${fullname}-`)) return false;
  return /^(api|worker|maintainer|migrate|replay|redis|postgres|test)\b/.test(
    own.slice(fullname.length + 1),
  );
}
