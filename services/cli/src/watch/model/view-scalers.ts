import { componentOf, type Condition } from './objects.ts';
import { viewConditions, type ConditionView } from './conditions.ts';
import type { ReleaseState } from './release-state.ts';

/** An autoscaler or a ScaledObject as it is shown. */
export interface ScalerView {
  kind: 'ScaledObject' | 'HPA';
  /** `api` or `worker`. */
  component: string;
  min: number;
  max: number;
  /** How many replicas it asks for; only an autoscaler says. */
  desired: number | undefined;
  conditions: ConditionView[];
}

/** All scalers of a release, those of the workers first. */
export function viewScalers(state: ReleaseState): ScalerView[] {
  const scaledObjects = [...state.scaledobjects.values()].map((object): ScalerView => ({
    kind: 'ScaledObject',
    component: componentOf(object),
    min: object.spec?.minReplicaCount ?? 0,
    max: object.spec?.maxReplicaCount ?? 100,
    desired: undefined,
    conditions: viewConditions(withPause(object.status?.conditions, object.metadata.annotations)),
  }));
  const autoscalers = [...state.horizontalpodautoscalers.values()].map((object): ScalerView => ({
    kind: 'HPA',
    component: componentOf(object),
    min: object.spec?.minReplicas ?? 1,
    max: object.spec?.maxReplicas ?? 1,
    desired: object.status?.desiredReplicas,
    conditions: viewConditions(object.status?.conditions),
  }));
  return [...scaledObjects, ...autoscalers].sort(
    (a, b) => b.component.localeCompare(a.component) || b.kind.localeCompare(a.kind),
  );
}

/** KEDA pauses on an annotation; its condition may say so later, or not at all. */
function withPause(
  conditions: readonly Condition[] = [],
  annotations: Record<string, string> = {},
): Condition[] {
  const isPaused = Object.keys(annotations).some((key) => /\/paused(-replicas)?$/.test(key));
  if (!isPaused) return [...conditions];
  const others = conditions.filter(({ type }) => type !== 'Paused');
  return [...others, { type: 'Paused', status: 'True', reason: 'annotation' }];
}
