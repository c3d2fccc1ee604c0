import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import type { Release } from './release.ts';

const merge = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

/**
 * Changes one key of the Secret of the bundled servers behind Helm's back, as somebody who rotates a
 * password does.
 *
 * @returns what it was before
 */
export async function changeSecret(release: Release, key: string, value: string): Promise<string> {
  const { core } = release.cluster;
  const secret = { name: `${release.fullName}-evaluation`, namespace: release.namespace };
  const before = await core.readNamespacedSecret(secret);
  await core.patchNamespacedSecret({ ...secret, body: { stringData: { [key]: value } } }, merge);
  return Buffer.from(before.data?.[key] ?? '', 'base64').toString();
}

/** Starts a rollout without a change, as `kubectl rollout restart` does. */
export async function restart(
  release: Release,
  component: 'api' | 'worker' | 'maintainer',
): Promise<void> {
  const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() };
  await release.cluster.apps.patchNamespacedDeployment(
    {
      name: `${release.fullName}-${component}`,
      namespace: release.namespace,
      body: { spec: { template: { metadata: { annotations } } } },
    },
    merge,
  );
}
