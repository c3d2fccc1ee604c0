import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { connectCluster } from '../harness/cluster.ts';
import { leftovers } from '../harness/leftovers.ts';
import { isReady, Release } from '../harness/release.ts';
import { installValues } from '../harness/values.ts';

// The other suites use Helm 3. Helm 4 applies on the server and waits in another way.
const release = new Release(connectCluster(), 'ep-e2e-helm4', 'helm4');
beforeAll(() => release.destroy());
afterAll(async () => {
  await release.destroy();
  release.cluster.reader.close();
});

const readyApiPods = async () => (await release.pods('api')).filter(isReady).length;

test('Helm 4 installs the chart, and its test passes and shows its log', async () => {
  await release.apply(installValues());
  expect(await readyApiPods()).toBe(2);
  expect(await release.test()).toContain('accepted, and stored');
});

test('it upgrades and rolls back without taking the scaled number of pods from its owner', async () => {
  // What KEDA and the test left: any number that the chart does not know.
  await release.apply(installValues({ keda: { minReplicas: 1 } }));
  await eventually(async () => (await release.deployment('worker')).spec?.replicas === 1, {
    timeoutMs: 60_000,
    describe: 'one worker, as KEDA wants',
  });
  await release.apply(installValues({ keda: { minReplicas: 1 }, config: { LOG_LEVEL: 'warn' } }));
  await release.rollback(2);
  expect((await release.deployment('worker')).spec?.replicas).toBe(1);
  expect(await release.test()).toContain('accepted, and stored');
});

test('a test that fails shows why, and uninstalling leaves its pod alone', async () => {
  await release.apply(
    // Nobody stores the event: the scaler is held at no worker.
    installValues({ keda: { pausedReplicas: 0 }, tests: { timeoutSeconds: 2 } }),
  );
  await eventually(async () => (await release.pods('worker')).length === 0, {
    timeoutMs: 60_000,
    describe: 'no worker',
  });
  await expect(release.test()).rejects.toThrow('accepted but not stored within 2 s');
  await release.uninstall();
  await eventually(
    () => expect(leftovers(release.namespace)).toEqual([`pod/${release.fullName}-test`]),
    { timeoutMs: 60_000, intervalMs: 1_000 },
  );
});
