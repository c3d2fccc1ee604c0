import { describe, expect, test } from '@jest/globals';
import { cordoned, evict, evictAll, killContainer, restartPod } from '../harness/pod-actions.ts';
import type { Component } from '../harness/release.ts';
import { underLoad } from '../harness/under-load.ts';
import { useSystem } from '../harness/use-system.ts';
import { installValues } from '../harness/values.ts';

const system = useSystem(
  'ep-e2e-faults',
  installValues({ keda: { minReplicas: 2, maxReplicas: 4 } }),
);

describe('every event sent is stored once, and none twice, while', () => {
  test.each<[Component]>([['worker'], ['api'], ['maintainer'], ['redis'], ['postgres']])(
    'a pod of %s dies by SIGKILL',
    async (component) => {
      const { found, wanted } = await underLoad(system(), async () => {
        await killContainer(system().release, component);
      });
      expect(found).toEqual(wanted);
    },
  );

  test.each<[Component]>([['redis'], ['postgres']])(
    'the pod of %s is deleted and comes back with its volume',
    async (component) => {
      const { found, wanted } = await underLoad(system(), () =>
        restartPod(system().release, component),
      );
      expect(found).toEqual(wanted);
    },
  );

  test.each<[Component]>([['worker'], ['api'], ['maintainer']])(
    'all pods of %s are evicted',
    async (component) => {
      const { found, wanted } = await underLoad(system(), () =>
        evictAll(system().release, component),
      );
      expect(found).toEqual(wanted);
    },
  );
});

test('a drain with nowhere to go takes one pod of api and one worker at most, and no request fails', async () => {
  const { release } = system();
  const { report, found, wanted } = await underLoad(system(), () =>
    cordoned(release, async () => {
      for (const component of ['api', 'worker'] as const) {
        const allowed: boolean[] = [];
        for (const pod of await release.pods(component)) {
          allowed.push(await evict(release, pod.metadata?.name ?? ''));
        }
        expect({ component, allowed }).toEqual({
          component,
          allowed: allowed.map((_, index) => index === 0),
        });
      }
    }),
  );
  expect(found).toEqual(wanted);
  expect(report.failures).toEqual([]);
});
