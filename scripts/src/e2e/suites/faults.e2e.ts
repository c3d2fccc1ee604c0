import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '@event-platform/shared/testing/eventually';
import { connectCluster } from '../world/cluster.ts';
import { cordoned, evict, evictAll, killContainer, restartPod } from '../world/pod-actions.ts';
import type { Component } from '../world/release.ts';
import { System } from '../world/system.ts';
import { underLoad } from '../world/under-load.ts';
import { installValues } from '../world/values.ts';

let system: System;
beforeAll(async () => {
  const keda = { minReplicas: 2, maxReplicas: 4 };
  system = await System.install(connectCluster(), 'ep-e2e-faults', installValues({ keda }));
});
afterAll(() => system.remove());

describe('every event sent is stored once, and none twice, while', () => {
  test.each<[Component]>([['worker'], ['api'], ['redis'], ['postgres']])(
    'a pod of %s dies by SIGKILL',
    async (component) => {
      const { found, wanted } = await underLoad(system, async () => {
        await killContainer(system.release, component);
        await eventually(() => system.release.readyPod(component), { timeoutMs: 60_000 });
      });
      expect(found).toEqual(wanted);
    },
  );

  test.each<[Component]>([['redis'], ['postgres']])(
    'the pod of %s is deleted and comes back with its volume',
    async (component) => {
      const { found, wanted } = await underLoad(system, () =>
        restartPod(system.release, component),
      );
      expect(found).toEqual(wanted);
    },
  );

  test.each<[Component]>([['worker'], ['api']])('all pods of %s are evicted', async (component) => {
    const { found, wanted } = await underLoad(system, () => evictAll(system.release, component));
    expect(found).toEqual(wanted);
  });
});

test('a drain with nowhere to go takes one api at most, and no request fails', async () => {
  const { release } = system;
  const { report, found, wanted } = await underLoad(system, () =>
    cordoned(release, async () => {
      const [first = '', second = ''] = (await release.pods('api')).map(
        (pod) => pod.metadata?.name ?? '',
      );
      expect(await evict(release, first)).toBe(true);
      expect(await evict(release, second)).toBe(false);
      for (const pod of await release.pods('worker')) {
        await evict(release, pod.metadata?.name ?? '');
      }
    }),
  );
  expect(found).toEqual(wanted);
  expect(report.failures).toEqual([]);
});
