import type { Replicas } from './sample.ts';
import { componentOf } from './objects.ts';
import { podPhase } from './pod-status.ts';
import type { ReleaseState } from './release-state.ts';

/** Counts the replicas of a component; null while its Deployment is not there or not known. */
export function countReplicas(
  { deployments, pods }: Pick<ReleaseState, 'deployments' | 'pods'>,
  component: 'api' | 'worker',
): Replicas | null {
  const deployment = [...deployments.values()].find((one) => componentOf(one) === component);
  if (!deployment) return null;
  const phases = [...pods.values()]
    .filter((pod) => componentOf(pod) === component)
    .map((pod) => podPhase(pod));
  const count = (wanted: string) => phases.filter((phase) => phase === wanted).length;
  return {
    // Kubernetes fills the default of one in, so it is never absent.
    wanted: deployment.spec?.replicas ?? 1,
    ready: count('ready'),
    starting: count('starting'),
    ending: count('ending'),
  };
}
