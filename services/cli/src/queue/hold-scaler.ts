import {
  CustomObjectsApi,
  PatchStrategy,
  setHeaderOptions,
  type KubeConfig,
} from '@kubernetes/client-node';
import { CliError } from '../lib/cli-error.ts';

/** KEDA holds the target of a ScaledObject at the number that this annotation names. */
const annotation = 'autoscaling.keda.sh/paused-replicas';

const kind = { group: 'keda.sh', version: 'v1alpha1', plural: 'scaledobjects' };

/**
 * Holds the workers of a release at a number of pods, or lets KEDA scale them again.
 *
 * @param replicas undefined: let go
 * @returns the names of the ScaledObjects
 * @throws CliError when the release has none; the client's error when the API server refuses
 */
export async function holdScaler(
  kubeConfig: KubeConfig,
  { namespace, release }: { namespace: string; release: string },
  replicas: number | undefined,
): Promise<string[]> {
  const api = kubeConfig.makeApiClient(CustomObjectsApi);
  const labelSelector = `app.kubernetes.io/instance=${release},app.kubernetes.io/component=worker`;
  const { items } = (await api.listNamespacedCustomObject({
    ...kind,
    namespace,
    labelSelector,
  })) as { items: { metadata: { name: string } }[] };
  if (items.length === 0) {
    throw new CliError(`The release ${release} has no ScaledObject in namespace ${namespace}.`);
  }
  const value = replicas === undefined ? null : String(replicas);
  const body = { metadata: { annotations: { [annotation]: value } } };
  const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
  for (const { metadata } of items) {
    await api.patchNamespacedCustomObject({ ...kind, namespace, name: metadata.name, body }, merge);
  }
  return items.map(({ metadata }) => metadata.name);
}
