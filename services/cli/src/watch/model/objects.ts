/**
 * What is read of the objects of Kubernetes and KEDA, as their JSON has it (times are text). Lists
 * and watches both give this form; the types of the client would make dates of some of it.
 */

export interface Metadata {
  name: string;
  namespace?: string;
  uid?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  creationTimestamp?: string;
  /** When the pod is killed at the latest: the time of its deletion, plus its grace period. */
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  resourceVersion?: string;
}

interface ClusterObject {
  metadata: Metadata;
}

/** A condition of a pod, an autoscaler or a ScaledObject. */
export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

export interface DeploymentObject extends ClusterObject {
  spec?: { replicas?: number };
}

interface Terminated {
  reason?: string;
  exitCode?: number;
  finishedAt?: string;
}

export interface ContainerStatus {
  name: string;
  restartCount: number;
  state?: {
    running?: object;
    waiting?: { reason?: string; message?: string };
    terminated?: Terminated;
  };
  lastState?: { terminated?: Terminated };
}

export interface PodObject extends ClusterObject {
  spec?: { containers?: { name: string; ports?: { name?: string; containerPort: number }[] }[] };
  status?: {
    phase?: string;
    reason?: string;
    message?: string;
    conditions?: Condition[];
    initContainerStatuses?: ContainerStatus[];
    containerStatuses?: ContainerStatus[];
  };
}

export interface AutoscalerObject extends ClusterObject {
  spec?: { minReplicas?: number; maxReplicas?: number };
  status?: { currentReplicas?: number; desiredReplicas?: number; conditions?: Condition[] };
}

interface ScaledObjectObject extends ClusterObject {
  spec?: { minReplicaCount?: number; maxReplicaCount?: number };
  status?: { conditions?: Condition[]; pausedReplicaCount?: number };
}

export interface EventObject extends ClusterObject {
  involvedObject: { kind?: string; name?: string };
  type?: string;
  reason?: string;
  message?: string;
  count?: number;
  series?: { count?: number; lastObservedTime?: string };
  eventTime?: string | null;
  firstTimestamp?: string | null;
  lastTimestamp?: string | null;
}

/** Every kind that is watched, by its name in the API's paths. */
export interface WatchedObjects {
  deployments: DeploymentObject;
  pods: PodObject;
  horizontalpodautoscalers: AutoscalerObject;
  scaledobjects: ScaledObjectObject;
  events: EventObject;
}

export type WatchedKind = keyof WatchedObjects;

/** The part of the platform an object belongs to, by the chart's label: `api`, `worker`, `redis`, … */
export function componentOf({ metadata }: ClusterObject): string {
  return metadata.labels?.['app.kubernetes.io/component'] ?? '';
}
