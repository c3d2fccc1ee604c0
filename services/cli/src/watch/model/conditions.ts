import type { TimelineEvent } from './sample.ts';
import type { Condition, Metadata } from './objects.ts';

/** A condition as it is shown: what holds, why, and how serious that is. */
export interface ConditionView {
  type: string;
  isTrue: boolean;
  level: 'ok' | 'warning' | 'error';
  reason: string;
  message: string;
}

/** Conditions that are bad when they do not hold; the others are bad when they do. */
const shouldHold = new Set(['Ready', 'AbleToScale', 'ScalingActive']);
/** Neither good nor bad. */
const neutral = new Set(['Active', 'Paused']);
/** The scaler works, and its maximum or its policy keeps it from the number that it computed. */
const limiting = 'ScalingLimited';
/** The reason of an autoscaler whose Deployment is at zero: KEDA scales it up from there. */
const resting = 'ScalingDisabled';
/** Reasons that are no problem in any condition: at rest, and at the minimum. */
const harmless = new Set([resting, 'TooFewReplicas']);
/** Changes at each poll of KEDA while the queue is nearly empty; KEDA's own events report when it acts. */
const restless = 'Active';
/** Repeats what the autoscaler reports itself. */
const repeated = 'HPAActive';

/** Views of the conditions of an autoscaler or a ScaledObject; those with status Unknown are left out. */
export function viewConditions(conditions: readonly Condition[] = []): ConditionView[] {
  return conditions
    .filter(({ type, status }) => type !== repeated && (status === 'True' || status === 'False'))
    .map(({ type, status, reason = '', message = '' }) => {
      const isTrue = status === 'True';
      return { type, isTrue, level: levelOf(type, isTrue, reason), reason, message };
    });
}

function levelOf(type: string, isTrue: boolean, reason: string): ConditionView['level'] {
  const isGood = neutral.has(type) || harmless.has(reason) || shouldHold.has(type) === isTrue;
  if (isGood) return 'ok';
  return type === limiting ? 'warning' : 'error';
}

/** Events for the conditions that changed between two states; none for a condition that is new. */
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
    .map(({ type, isTrue, level, reason, message }) => ({
      time: timeOf.get(type) ?? now,
      kind,
      name,
      reason: isTrue ? type : `Not${type}`,
      message: [reason, message].filter(Boolean).join(': '),
      severity: level === 'ok' ? 'normal' : 'warning',
    }));
}
