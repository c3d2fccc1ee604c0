import { PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { expect } from '@jest/globals';
import { runEp } from '@event-platform/testkit/client/run-ep';
import type { System } from './system.ts';

const annotation = 'autoscaling.keda.sh/paused-replicas';

/** Pauses or resumes the queue by `ep queue`, and holds or releases the scaler by the command that it prints. */
export async function switchQueue(
  { release, redisUrl }: System,
  action: 'pause' | 'resume',
): Promise<void> {
  const result = await runEp(['queue', action], { REDIS_URL: redisUrl });
  const printed = `${annotation}${action === 'pause' ? '=0' : '-'}`;
  expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining(printed) });
  // What `kubectl annotate` sends.
  await release.cluster.custom.patchNamespacedCustomObject(
    {
      ...{ group: 'keda.sh', version: 'v1alpha1', plural: 'scaledobjects' },
      namespace: release.namespace,
      name: `${release.fullName}-worker`,
      body: { metadata: { annotations: { [annotation]: action === 'pause' ? '0' : null } } },
    },
    setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
  );
}
