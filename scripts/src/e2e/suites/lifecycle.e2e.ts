import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectCluster } from '../world/cluster.ts';
import { leftovers } from '../world/leftovers.ts';
import { System } from '../world/system.ts';
import { installValues } from '../world/values.ts';

const cluster = connectCluster();
const namespace = 'ep-e2e-lifecycle';
let system: System;

beforeAll(async () => {
  system = await System.install(cluster, namespace, installValues());
});
afterAll(() => system.remove());

test('an installation passes helm test: one event goes all the way, the scaler watches the right keys', async () => {
  const said = await system.release.test();
  expect(said).toContain('accepted, and stored');
  expect(said).toContain('{ep}:events:prioritized: empty zset of a queue of BullMQ');
});

describe('under load', () => {
  test('an upgrade with changed values and its rollback lose nothing and refuse nothing', async () => {
    const traffic = system.send({
      run: 'upgrade',
      accounts: ['acme', 'globex', 'initech'],
      requestsPerSecond: 50,
      eventsPerRequest: 10,
    });
    await system.release.apply(
      installValues({
        config: { LOG_LEVEL: 'warn' },
      }),
    );
    await system.release.rollback(1);
    const report = await traffic.stop();
    const { found, wanted } = await system.account(report.sent);
    expect(found).toEqual(wanted);
    expect(report.failures).toEqual([]);
  });
});

test('uninstalling leaves no object behind', async () => {
  await system.release.uninstall();
  expect(leftovers(namespace)).toEqual([]);
});
