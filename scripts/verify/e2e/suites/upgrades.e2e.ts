import { expect, test } from '@jest/globals';
import type { V1Pod } from '@kubernetes/client-node';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { keepTally } from '../harness/tallies.ts';
import { leftovers } from '../harness/leftovers.ts';
import { isReady, isRunning, nameOf } from '../harness/release.ts';
import { changeSecret, restart } from '../harness/rollouts.ts';
import { underLoad } from '../harness/under-load.ts';
import { useSystem } from '../harness/use-system.ts';
import { installValues } from '../harness/values.ts';

const namespace = 'ep-e2e-upgrades';
const system = useSystem(namespace, installValues());

test('an installation passes helm test: one event goes all the way, and the scaler watches its queue', async () => {
  const said = await system().release.test();
  expect(said).toContain('accepted, and stored');
  expect(said).toContain('{ep}:events:prioritized: empty zset of a queue of BullMQ');
});

test('an upgrade with changed values, and its rollback, lose nothing and fail no request', async () => {
  const { report, found, wanted } = await underLoad(system(), async () => {
    await system().release.apply(
      installValues({ config: { LOG_LEVEL: 'warn' }, worker: { config: { WRITERS: 1 } } }),
    );
    await system().release.rollback(1);
  });
  expect(found).toEqual(wanted);
  expect(report.failures).toEqual([]);
});

test('rolling upgrades of the api under constant load fail not one request', async () => {
  const { report, found, wanted } = await underLoad(
    system(),
    async () => {
      for (const round of [1, 2]) {
        await system().release.apply(
          installValues({ api: { podAnnotations: { round: `${round}` } } }),
        );
      }
    },
    { requestsPerSecond: 150, eventsPerRequest: 5 },
  );
  const failed = report.failures.length;
  keepTally({ of: 'requests of rolling upgrades', sent: report.requests, failed });
  expect(report.failures).toEqual([]);
  expect(found).toEqual(wanted);
});

test.each<['api' | 'worker']>([['api'], ['worker']])(
  'a wrong Redis password keeps new pods of %s unready with the reason, and the old ones go on',
  async (component) => {
    const { release } = system();
    // The last worker must not leave while it is to be replaced.
    await release.apply(installValues({ keda: { minReplicas: 1 } }));
    const readyPods = async () => (await release.pods(component)).filter(isReady).map(nameOf);
    const { report, found, wanted } = await underLoad(system(), async () => {
      const before = await readyPods();
      const right = await changeSecret(release, 'redis-password', 'mistyped');
      await restart(release, component);
      const unready = await eventually(
        async () => {
          const pods = await release.pods(component);
          return pods.find((pod) => isRunning(pod) && !before.includes(nameOf(pod))) ?? false;
        },
        { timeoutMs: 60_000, describe: 'a new pod' },
      );
      if (unready === false) throw new Error('There is no new pod');
      await eventually(async () => {
        expect(await release.log(nameOf(unready))).toContain('WRONGPASS');
      });
      expect(await readyPods()).toEqual(expect.arrayContaining(before));
      expect(await readyPods()).not.toContain(nameOf(unready));
      await changeSecret(release, 'redis-password', right);
      await restart(release, component);
      await eventually(
        async () => {
          const pods = await release.pods(component);
          const isNew = (pod: V1Pod) => isReady(pod) && !before.includes(nameOf(pod));
          return pods.length > 0 && pods.every(isNew);
        },
        { timeoutMs: 90_000, describe: 'pods with the right password' },
      );
    });
    expect(report.failures).toEqual([]);
    expect(found).toEqual(wanted);
  },
);

test('uninstalling leaves nothing', async () => {
  const { release } = system();
  await release.uninstall();
  await eventually(() => expect(leftovers(namespace)).toEqual([]), {
    timeoutMs: 60_000,
    intervalMs: 1_000,
  });
});
