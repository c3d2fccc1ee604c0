import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@event-platform/shared/testing/eventually';
import { connectCluster } from '../world/cluster.ts';
import { leftovers } from '../world/leftovers.ts';
import { isReady, isRunning } from '../world/release.ts';
import { changeSecret, restartApi } from '../world/rollouts.ts';
import { System } from '../world/system.ts';
import { underLoad } from '../world/under-load.ts';
import { installValues } from '../world/values.ts';

const namespace = 'ep-e2e-upgrades';
let system: System;

beforeAll(async () => {
  system = await System.install(connectCluster(), namespace, installValues());
});
afterAll(() => system.remove());

test('an installation passes helm test: one event goes all the way, and the scaler watches its queue', async () => {
  const said = await system.release.test();
  expect(said).toContain('accepted, and stored');
  expect(said).toContain('{ep}:events:prioritized: empty zset of a queue of BullMQ');
});

test('an upgrade with changed values, and its rollback, lose nothing and fail no request', async () => {
  const { report, found, wanted } = await underLoad(system, async () => {
    await system.release.apply(
      installValues({ config: { LOG_LEVEL: 'warn' }, worker: { config: { WRITERS: 1 } } }),
    );
    await system.release.rollback(1);
  });
  expect(found).toEqual(wanted);
  expect(report.failures).toEqual([]);
});

test('rolling upgrades of the api under constant load fail not one request', async () => {
  const { report, found, wanted } = await underLoad(
    system,
    async () => {
      for (const round of [1, 2]) {
        await system.release.apply(
          installValues({ api: { podAnnotations: { round: `${round}` } } }),
        );
      }
    },
    { requestsPerSecond: 150, eventsPerRequest: 5 },
  );
  expect(report.failures).toEqual([]);
  expect(found).toEqual(wanted);
});

test('a wrong Redis password keeps the new pods unready with the reason, and the old ones go on', async () => {
  const { release } = system;
  const { report, found, wanted } = await underLoad(system, async () => {
    const right = await changeSecret(release, 'redis-password', 'mistyped');
    await restartApi(release);
    const unready = await eventually(
      async () => {
        const pod = (await release.pods('api')).find((one) => isRunning(one) && !isReady(one));
        return pod?.metadata?.name ?? false;
      },
      { timeoutMs: 60_000, describe: 'a new pod that is not ready' },
    );
    await eventually(async () => {
      expect(await release.log(String(unready))).toContain('WRONGPASS');
    });
    expect((await release.pods('api')).filter(isReady)).toHaveLength(2);
    await changeSecret(release, 'redis-password', right);
    await restartApi(release);
    await eventually(
      async () => {
        const pods = await release.pods('api');
        return pods.length === 2 && pods.every(isReady);
      },
      { timeoutMs: 90_000, describe: 'two pods with the right password' },
    );
  });
  expect(report.failures).toEqual([]);
  expect(found).toEqual(wanted);
});

test('uninstalling leaves nothing but the finished pod of helm test, which Helm keeps for its log', async () => {
  const { release } = system;
  await release.uninstall();
  await eventually(
    () => {
      expect(leftovers(namespace)).toEqual([`pod/${release.fullName}-test`]);
    },
    { timeoutMs: 60_000, intervalMs: 1_000 },
  );
});
