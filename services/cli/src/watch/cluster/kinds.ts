import type { WatchedKind } from '../model/objects.ts';

/** Where the objects of a kind are, and their name in sentences. */
export interface KindOfObject {
  /** Group and version, as in the paths of the API. */
  group: string;
  plural: string;
  /** False for events, which do not carry the labels of what they are about. */
  isLabelled: boolean;
  /** What is hidden without it. */
  missing: string;
}

export const kinds: Record<WatchedKind, KindOfObject> = {
  deployments: {
    group: 'apis/apps/v1',
    plural: 'Deployments',
    isLabelled: true,
    missing: 'the wanted replicas',
  },
  pods: { group: 'api/v1', plural: 'pods', isLabelled: true, missing: 'replicas and metrics' },
  horizontalpodautoscalers: {
    group: 'apis/autoscaling/v2',
    plural: 'HorizontalPodAutoscalers',
    isLabelled: true,
    missing: 'the state of the autoscaler',
  },
  scaledobjects: {
    group: 'apis/keda.sh/v1alpha1',
    plural: 'ScaledObjects',
    isLabelled: true,
    missing: 'the state of KEDA',
  },
  events: {
    group: 'api/v1',
    plural: 'events',
    isLabelled: false,
    missing: 'the reasons of the scalers and of failing pods',
  },
};

/** The path of all objects of a kind in a namespace. */
export function pathOf(kind: WatchedKind, namespace: string): string {
  return `/${kinds[kind].group}/namespaces/${encodeURIComponent(namespace)}/${kind}`;
}
