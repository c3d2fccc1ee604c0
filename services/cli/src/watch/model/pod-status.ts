import type { ContainerStatus, PodObject } from './objects.ts';

/** How a pod counts as a replica; `over` has ended and only its record is left. */
export type PodPhase = 'starting' | 'ready' | 'ending' | 'over';

/** The reasons of a Ready condition that is false because every container has ended: the pod of a Job, mostly. */
const endedReasons = new Set(['PodCompleted', 'PodFailed']);

/** The phase of one pod. The kubelet reports that the containers have ended before it changes the pod's own phase. */
export function podPhase(pod: PodObject): PodPhase {
  const phase = pod.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed') return 'over';
  if (endedReasons.has(readyCondition(pod)?.reason ?? '')) return 'over';
  if (pod.metadata.deletionTimestamp !== undefined) return 'ending';
  return readyCondition(pod)?.status === 'True' ? 'ready' : 'starting';
}

/** The pod's own Ready condition. */
export function readyCondition(pod: PodObject) {
  return pod.status?.conditions?.find(({ type }) => type === 'Ready');
}

/** Init containers first, as they run. */
export function containersOf(pod: PodObject): ContainerStatus[] {
  return [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
}

/** Waiting reasons of every start, which are not reported. */
const usualWaits = new Set(['ContainerCreating', 'PodInitializing']);

/** Why the pod does not start, in the words of the kubelet; undefined while it goes its usual way. */
export function podProblem(pod: PodObject): { reason: string; message: string } | undefined {
  for (const { name, state } of containersOf(pod)) {
    const reason = state?.waiting?.reason;
    if (reason !== undefined && !usualWaits.has(reason)) {
      return { reason, message: `${name}: ${state?.waiting?.message ?? 'waits'}` };
    }
  }
  return undefined;
}

/** Where the pod's metrics are; undefined while its main container does not run. */
export function opsPort(pod: PodObject, container: string): number | undefined {
  const isRunning = pod.status?.containerStatuses?.some(
    ({ name, state }) => name === container && state?.running !== undefined,
  );
  if (isRunning !== true) return undefined;
  const ports = pod.spec?.containers?.find(({ name }) => name === container)?.ports;
  return ports?.find(({ name }) => name === 'ops')?.containerPort;
}
