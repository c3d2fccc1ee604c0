import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Queue } from 'bullmq';
import { eventually } from '@event-platform/shared/testing/eventually';
import { defaultQueueName, defaultRedisPrefix } from '@event-platform/shared/contracts/queue';
import { localState } from '../../local/local-state.ts';
import { burstTimes, type BurstTimes } from '../world/burst-times.ts';
import { connectCluster } from '../world/cluster.ts';
import { record } from '../world/recorder.ts';
import { System } from '../world/system.ts';
import { installValues } from '../world/values.ts';

const maxPods = 10;
const bursts = 5;
const burst = { requests: 10_000, eventsPerRequest: 10, requestsPerSecond: 4_000 };

let system: System;
beforeAll(async () => {
  // One job at a time on a fifth of a core, so that a machine of two cores has work for ten pods.
  const worker = {
    config: { CONCURRENCY: 1, WRITERS: 1 },
    resources: { requests: { cpu: '10m' }, limits: { cpu: '200m' } },
  };
  const keda = { maxReplicas: maxPods, jobsPerPod: 200, cooldownPeriod: 15 };
  system = await System.install(
    connectCluster(),
    'ep-e2e-scaling',
    installValues({ worker, keda, api: { replicas: 1 } }),
  );
});
afterAll(() => system.remove());

const atZero = () =>
  eventually(async () => (await system.release.deployment('worker')).spec?.replicas === 0, {
    timeoutMs: 120_000,
    intervalMs: 250,
    describe: 'no worker',
  });

const results: BurstTimes[] = [];

test.each(Array.from({ length: bursts }, (_, index) => [index + 1]))(
  'burst %i of 100,000 events takes the workers from none to the maximum and back, and stores each once',
  async (number) => {
    await atZero();
    const before = await system.storedEvents();
    const recording = record(system, before);
    const traffic = system.send({
      ...burst,
      run: `burst-${number}`,
      accounts: [`burst-${number}`],
    });
    const report = await traffic.done;
    const { found, wanted } = await system.account(report.sent);
    expect(found).toEqual(wanted);
    await atZero();
    await recording.stop();
    keep(`burst-${number}`, recording.moments);
    const events = burst.requests * burst.eventsPerRequest;
    results.push(burstTimes(recording.moments, events, maxPods));
    console.log(results.at(-1));
  },
);

test.each<[string, object]>([
  ['with a priority', { priority: 5 }],
  ['without a priority', {}],
  ['that is delayed', { delay: 8_000 }],
])('a single job %s brings a worker at zero pods, and is done', async (...[, options]) => {
  await atZero();
  const { redis } = system;
  const queue = new Queue(defaultQueueName, { connection: redis, prefix: defaultRedisPrefix });
  const job = await queue.add('events', JSON.parse(emptyJob), {
    ...options,
    removeOnComplete: false,
  });
  await eventually(() => job.isCompleted(), { timeoutMs: 60_000, intervalMs: 250 });
  await job.remove();
  await queue.close();
});

/** A job of version 1 that holds no event. */
const emptyJob = '{"v":1,"accounts":[],"ids":"","rows":[]}';

/** Keeps a timeline where the report is made from. */
function keep(name: string, moments: object): void {
  const dir = join(localState().dir, 'e2e');
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, `${name}.json`), JSON.stringify(moments));
}
