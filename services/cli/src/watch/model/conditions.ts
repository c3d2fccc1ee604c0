import type { TimelineEvent } from './sample.ts';
import type { Condition, Metadata } from './objects.ts';

/** A condition as it is shown: what holds, why, and whether somebody should look. */
export interface ConditionView {
  type: string;
  isTrue: boolean;
  isBad: boolean;
  reason: string;
  message: string;
}

/** Conditions that are bad when they do not hold; the others are bad when they do. */
const shouldHold = new Set(['Ready', 'AbleToScale', 'ScalingActive']);
/** Neither good nor bad. */
const neutral = new Set(['Active', 'Paused']);
/** The reason of an autoscaler whose Deployment is at zero: KEDA wakes it. */
const resting = 'ScalingDisabled';
/** Reasons that are no trouble whatever they do to the condition: at rest, and at the minimum. */
const harmless = new Set([resting, 'TooFewReplicas']);
/** Turns with each look of KEDA at a queue that is nearly empty; its own events tell when it acts. */
const restless = 'Active';
/** Says once more what the autoscaler says itself. */
const repeated = 'HPAActive';

/** Views of what an autoscaler or a ScaledObject says of itself; unknown ones are left out. */
export function viewConditions(conditions: readonly Condition[] = []): ConditionView[] {
  return conditions
    .filter(({ type, status }) => type !== repeated && (status === 'True' || status === 'False'))
    .map(({ type, status, reason = '', message = '' }) => {
      const isTrue = status === 'True';
      const isBad = !neutral.has(type) && !harmless.has(reason) && shouldHold.has(type) !== isTrue;
      return { type, isTrue, isBad, reason, message };
    });
}

/** Events for the conditions that turned between two looks; none for one seen a first time. */
export function conditionEvents(
  kind: string,
  { name }: Metadata,
  before: readonly Condition[] | undefined,
  after: readonly Condition[] | undefined,
  now: string,
): TimelineEvent[] {
  const conditionBefore = new Map(before?.map((condition) => [condition.type, condition]));
  const timeOf = new Map(after?.map(({ type, lastTransitionTime }) => [type, lastTransitionTime]));
  return viewConditions(after)
    .filter(({ type, isTrue, reason }) => {
      const was = conditionBefore.get(type);
      if (type === restless || reason === resting || was?.reason === resting) return false;
      return was?.status === (isTrue ? 'False' : 'True');
    })
    .map(({ type, isTrue, isBad, reason, message }) => ({
      time: timeOf.get(type) ?? now,
      kind,
      name,
      reason: isTrue ? type : `Not${type}`,
      message: [reason, message].filter(Boolean).join(': '),
      severity: isBad ? 'warning' : 'normal',
    }));
}
