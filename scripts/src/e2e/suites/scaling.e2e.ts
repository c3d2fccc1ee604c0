import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Queue } from 'bullmq';
import { eventually } from '@event-platform/shared/testing/eventually';
import { defaultQueueName, defaultRedisPrefix } from '@event-platform/shared/contracts/queue';
import { formatTimeline } from '../../watch/timeline/ndjson.ts';
import { plotTimeline } from '../../watch/timeline/plot-timeline.ts';
import type { TimelineSample } from '../../watch/timeline/sample.ts';
import { startRecording } from '../../watch/timeline/start-recording.ts';
import { saveScaling } from '../report/keep-scaling.ts';
import { resultsDir } from '../report/results-dir.ts';
import { burstTimes, type BurstTimes } from '../world/burst-times.ts';
import { connectCluster } from '../world/cluster.ts';
import { record } from '../world/recorder.ts';
import { System } from '../world/system.ts';
import { installValues } from '../world/values.ts';

const maxPods = 10;
const jobsPerPod = 20;
const commitMs = 20;
const cooldownSeconds = 15;
const bursts = 5;
// Large requests of one account are not joined, so that a request is a job.
const burst = { requests: 1_000, eventsPerRequest: 100, requestsPerSecond: 1_000 };

let system: System;
beforeAll(async () => {
  const worker = { config: { CONCURRENCY: 1, WRITERS: 1 } };
  const keda = { maxReplicas: maxPods, jobsPerPod, cooldownPeriod: cooldownSeconds };
  system = await System.install(
    connectCluster(),
    'ep-e2e-scaling',
    installValues({ worker, keda, api: { replicas: 1 } }),
  );
  // What one pod could do at once on these two cores is so work for ten, and not by making them start slowly.
  await system.pool.query(`ALTER DATABASE postgres SET commit_delay = ${commitMs * 1_000}`);
  await system.pool.query('ALTER DATABASE postgres SET commit_siblings = 0');
});
afterAll(async () => {
  saveScaling({
    conditions: [
      `${availableParallelism()} cores for everything: cluster, servers, sender`,
      `pollingInterval 2 s, autoscaler every 15 s, at most ${maxPods} pods, one pod for ${jobsPerPod} jobs`,
      `a worker takes one job at a time, of 100 events; a commit takes ${commitMs} ms, as on storage behind a network`,
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
    // One plot is enough, and whoever watches takes part of the machine.
    const timeline = number === bursts ? await watch(system) : undefined;
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
    if (timeline) keepTimeline(await timeline.stop());
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

/** Records what `make watch --record` would. */
function watch({ release: { cluster, namespace, name } }: System) {
  return startRecording({ kubeConfig: cluster.config, namespace, release: name });
}

function keepTimeline(samples: readonly TimelineSample[]): void {
  keep('burst.ndjson', formatTimeline(samples));
  keep('burst.svg', plotTimeline(samples, { title: '100,000 events, from no worker and back' }));
}

/** A job of version 2 that holds no event. */
const emptyJob = '{"v":2,"accounts":[],"ids":""}\n';

/** Keeps a file where the report is made from. */
function keep(name: string, content: string): void {
  writeFileSync(join(resultsDir(), name), content);
}
