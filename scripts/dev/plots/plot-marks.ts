import { componentOfName } from '@event-platform/cli/watch/model/component-of-name';
import type { TimelineEvent, TimelineSample } from '@event-platform/cli/watch/model/sample';

/** An event as the plot shows it: a line at its time, and a few words in a lane of its own. */
export interface Mark {
  /** Seconds since the first sample. */
  atS: number;
  text: string;
  kind: 'keda' | 'autoscaler' | 'problem';
}

/** Of several marks with the same words closer than this part of the plot, one is drawn. */
const sameWithin = 1 / 50;

/**
 * Chooses the events that explain the curves: what the scalers did, and what went wrong with pods.
 *
 * @param lengthS length of the whole plot
 */
export function findMarks(
  samples: readonly TimelineSample[],
  startMs: number,
  lengthS: number,
): Mark[] {
  const marks = samples
    .flatMap(({ events }) => events)
    .flatMap((event) => toMark(event, startMs))
    // The clock of the cluster may be behind ours.
    .map((mark) => ({ ...mark, atS: Math.max(0, mark.atS) }))
    .sort((a, b) => a.atS - b.atS);
  return marks.filter(
    ({ atS, text }, index) =>
      !marks
        .slice(0, index)
        .some((other) => other.text === text && atS - other.atS <= lengthS * sameWithin),
  );
}

function toMark(event: TimelineEvent, startMs: number): Mark[] {
  const found = describe(event);
  if (!found) return [];
  return [{ atS: (Date.parse(event.time) - startMs) / 1_000, ...found }];
}

/** What KEDA calls an act of its own, and what the plot calls it. */
const kedaActs: Record<string, string> = {
  KEDAScaleTargetActivated: 'KEDA wakes the workers',
  KEDAScaleTargetDeactivated: 'KEDA puts them to rest',
  Fallback: 'KEDA falls back',
  NotFallback: 'KEDA counts again',
  Paused: 'KEDA paused',
  NotPaused: 'KEDA resumed',
};

/** What befalls pods on the way of every start and end, and explains no curve. */
const usualForPods = new Set(['Unhealthy', 'NotReady', 'FailedScheduling', 'BackOff']);

function describe({ kind, name, reason, message, severity }: TimelineEvent) {
  if (kind === 'ScaledObject') {
    const text = kedaActs[reason] ?? (severity === 'warning' ? `KEDA: ${reason}` : undefined);
    return text === undefined ? undefined : ({ text, kind: 'keda' } as const);
  }
  if (kind === 'HPA') return describeAutoscaler(name, reason, message, severity);
  if (kind !== 'Pod' || severity !== 'warning' || usualForPods.has(reason)) return undefined;
  return { text: `${componentOfName(name)}: ${reason}`, kind: 'problem' } as const;
}

function describeAutoscaler(
  name: string,
  reason: string,
  message: string,
  severity: TimelineEvent['severity'],
) {
  const size = /New size: (\d+)/.exec(message)?.[1];
  const who = name.endsWith('-api') ? 'api → ' : '→ ';
  if (size !== undefined) return { text: `${who}${size}`, kind: 'autoscaler' } as const;
  if (severity !== 'warning') return undefined;
  return { text: `HPA: ${reason}`, kind: 'problem' } as const;
}
