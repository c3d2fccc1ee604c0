import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Queue } from 'bullmq';
import { eventually } from '@event-platform/shared/testing/eventually';
import { defaultQueueName, defaultRedisPrefix } from '@event-platform/shared/contracts/queue';
import { formatTimeline } from '../../watch/timeline/ndjson.ts';
import { plotTimeline } from '../../watch/timeline/plot-timeline.ts';
import { startRecording } from '../../watch/timeline/start-recording.ts';
import { saveScaling } from '../report/keep-scaling.ts';
import { resultsDir } from '../report/results-dir.ts';
import { burstTimes, type BurstTimes } from '../world/burst-times.ts';
import { connectCluster } from '../world/cluster.ts';
import { record } from '../world/recorder.ts';
import { System } from '../world/system.ts';
import { installValues } from '../world/values.ts';

const maxPods = 10;
const cooldownSeconds = 15;
const bursts = 5;
const burst = { requests: 10_000, eventsPerRequest: 10, requestsPerSecond: 4_000 };

let system: System;
beforeAll(async () => {
  // One job at a time on a fifth of a core, so that a machine of two cores has work for ten pods.
  const worker = {
    config: { CONCURRENCY: 1, WRITERS: 1 },
    resources: { requests: { cpu: '10m' }, limits: { cpu: '200m' } },
  };
  const keda = { maxReplicas: maxPods, jobsPerPod: 200, cooldownPeriod: cooldownSeconds };
  system = await System.install(
    connectCluster(),
    'ep-e2e-scaling',
    installValues({ worker, keda, api: { replicas: 1 } }),
  );
});
afterAll(async () => {
  saveScaling({
    conditions: [
      `${availableParallelism()} cores for everything: cluster, servers, sender`,
      'pollingInterval 2 s, autoscaler every 15 s, at most 10 pods, one pod for 200 jobs',
      'a worker takes one job at a time, on a fifth of a core; a job holds 10 events',
    ],
    cooldownSeconds,
    bursts: results,
  });
  await system.remove();
});

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
    const { cluster, namespace, name } = system.release;
    const timeline = await startRecording({ kubeConfig: cluster.config, namespace, release: name });
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
    const samples = await timeline.stop();
    keep('burst.ndjson', formatTimeline(samples));
    keep('burst.svg', plotTimeline(samples, { title: '100,000 events, from no worker and back' }));
    keep(`burst-${number}.json`, JSON.stringify(recording.moments));
    const events = burst.requests * burst.eventsPerRequest;
    results.push(burstTimes(recording.moments, events, maxPods));
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

/** Keeps a file where the report is made from. */
function keep(name: string, content: string): void {
  writeFileSync(join(resultsDir(), name), content);
}
