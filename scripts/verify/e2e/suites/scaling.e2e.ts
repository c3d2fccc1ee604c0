import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { defaultQueueName, defaultRedisPrefix } from '@event-platform/core/platform/queue-names';
import { TextQueue, TextWorker } from '@event-platform/core/queue/text-job';
import { formatTimeline } from '@event-platform/cli/watch/recording/ndjson';
import { plotTimeline } from '../../../dev/plots/plot-timeline.ts';
import type { TimelineSample } from '@event-platform/cli/watch/model/sample';
import { startRecording } from '@event-platform/cli/watch/recording/start-recording';
import { saveScaling } from '../report/keep-scaling.ts';
import { resultsDir } from '../harness/results-dir.ts';
import { burstTimes, type BurstTimes } from '../harness/burst-times.ts';
import { record } from '../harness/recorder.ts';
import { nameOf } from '../harness/release.ts';
import { switchQueue } from '../harness/switch-queue.ts';
import type { System } from '../harness/system.ts';
import { useSystem } from '../harness/use-system.ts';
import { installValues } from '../harness/values.ts';

const maxPods = 10;
const jobsPerPod = 20;
const commitMs = 20;
const cooldownSeconds = 15;
const pollingSeconds = 1;
const bursts = 5;
const singles = 5;
// Large requests of one account are not joined, so that a request is a job.
const burst = { requests: 1_000, eventsPerRequest: 100, requestsPerSecond: 1_000 };
const single = { requests: 1, eventsPerRequest: 1, requestsPerSecond: 1 };

// Known of the testbed only.
const period = process.env['HPA_SYNC_PERIOD'];
const autoscalerPeriod =
  period === undefined ? 'as the cluster has it' : `every ${period.replace(/s$/, ' s')}`;

const system = useSystem(
  'ep-e2e-scaling',
  installValues({
    // The job of a worker that died is looked for so often that a test need not wait long.
    worker: { config: { CONCURRENCY: 1, WRITERS: 1, STALLED_INTERVAL_MS: 2_000 } },
    keda: {
      maxReplicas: maxPods,
      jobsPerPod,
      pollingInterval: pollingSeconds,
      cooldownPeriod: cooldownSeconds,
    },
    api: { replicas: 1 },
  }),
);
beforeAll(async () => {
  const { pool } = system();
  // What one pod could do at once on these two cores is so work for ten, and not by making them start slowly.
  await pool.query(`ALTER DATABASE postgres SET commit_delay = ${commitMs * 1_000}`);
  await pool.query('ALTER DATABASE postgres SET commit_siblings = 0');
});
afterAll(() => {
  saveScaling({
    conditions: [
      `${availableParallelism()} cores for everything: cluster, servers, sender`,
      `pollingInterval ${pollingSeconds} s, autoscaler ${autoscalerPeriod}, at most ${maxPods} pods, one pod for ${jobsPerPod} jobs`,
      `a worker takes one job at a time, of 100 events; a commit takes ${commitMs} ms, as on storage behind a network`,
    ],
    cooldownSeconds,
    bursts: results,
    startsS,
    singlesS,
  });
});

const atZero = () =>
  eventually(async () => (await system().release.deployment('worker')).spec?.replicas === 0, {
    timeoutMs: 120_000,
    intervalMs: 250,
    describe: 'no worker',
  });

const results: BurstTimes[] = [];
const startsS: number[] = [];
const singlesS: number[] = [];

test.each(Array.from({ length: bursts }, (_, index) => [index + 1]))(
  'burst %i of 100,000 events takes the workers from none to the maximum and back, and stores each once',
  async (number) => {
    await atZero();
    const before = await system().storedEvents();
    // One plot is enough, and a recording takes part of the machine.
    const timeline = number === bursts ? await watch(system()) : undefined;
    const recording = record(system(), before);
    const traffic = system().send({
      ...burst,
      run: `burst-${number}`,
      accounts: [`burst-${number}`],
    });
    const report = await traffic.done;
    const { found, wanted } = await system().account(report.sent);
    expect(found).toEqual(wanted);
    // Their logs go with them.
    startsS.push(...(await secondsOfStarts()));
    await atZero();
    await recording.stop();
    if (timeline) keepTimeline(await timeline.stop());
    keep(`burst-${number}.json`, JSON.stringify(recording.moments));
    expect(Math.max(...recording.moments.map(({ wanted: pods }) => pods))).toBe(maxPods);
    const events = burst.requests * burst.eventsPerRequest;
    results.push(burstTimes(recording.moments, events, maxPods));
  },
);

test.each(Array.from({ length: singles }, (_, index) => [index + 1]))(
  'event %i that comes alone brings a worker from none, and is stored once',
  async (number) => {
    // KEDA has just looked: its next look is as far away as it can be.
    await atZero();
    const before = await system().storedEvents();
    const began = performance.now();
    const traffic = system().send({
      ...single,
      run: `single-${number}`,
      accounts: [`single-${number}`],
    });
    await eventually(async () => (await system().storedEvents()) > before, {
      timeoutMs: 60_000,
      intervalMs: 50,
      describe: 'the event',
    });
    singlesS.push((performance.now() - began) / 1_000);
    const { found, wanted } = await system().account((await traffic.done).sent);
    expect(found).toEqual(wanted);
  },
);

test.each<[string, object]>([
  ['with a priority', { priority: 5 }],
  ['without a priority', {}],
  ['that is delayed', { delay: 8_000 }],
])('a single job %s brings a worker at zero pods, and is done', async (...[, options]) => {
  await atZero();
  const { redis } = system();
  const queue = new TextQueue(defaultQueueName, { connection: redis, prefix: defaultRedisPrefix });
  const job = await queue.add('events', emptyJob, {
    ...options,
    removeOnComplete: false,
  });
  await eventually(() => job.isCompleted(), { timeoutMs: 60_000, intervalMs: 250 });
  await job.remove();
  await queue.close();
});

test('the job of a worker that died brings another at zero pods, and is done', async () => {
  await atZero();
  const options = { connection: system().redis, prefix: defaultRedisPrefix };
  const queue = new TextQueue(defaultQueueName, options);
  const job = await queue.add('events', emptyJob, { removeOnComplete: false });
  // Takes it and never comes back: its lock is not renewed.
  const dying = new TextWorker(defaultQueueName, null, { ...options, lockDuration: 1_000 });
  expect(await dying.getNextJob('dying')).toMatchObject({ id: job.id });
  await dying.close(true);
  expect(await system().backlog()).toMatchObject({ active: 1, wait: 0, prioritized: 0 });
  await eventually(() => job.isCompleted(), { timeoutMs: 90_000, intervalMs: 250 });
  await job.remove();
  await queue.close();
});

test('a paused queue with a backlog gets no worker at zero pods, and gets them when it is resumed', async () => {
  await atZero();
  const { redis, release } = system();
  await switchQueue(system(), 'pause');
  const queue = new TextQueue(defaultQueueName, { connection: redis, prefix: defaultRedisPrefix });
  const job = await queue.add('events', emptyJob, { removeOnComplete: false });
  // That something does not happen takes a while to see: KEDA would have looked four times.
  await sleep(8_000);
  expect((await release.deployment('worker')).spec?.replicas).toBe(0);
  await switchQueue(system(), 'resume');
  await eventually(() => job.isCompleted(), { timeoutMs: 60_000, intervalMs: 250 });
  await job.remove();
  await queue.close();
});

/** How long the workers that are there took to start, as they say themselves. */
async function secondsOfStarts(): Promise<number[]> {
  const { release } = system();
  const logs = await Promise.all(
    (await release.pods('worker')).map((pod) => release.log(nameOf(pod))),
  );
  return logs.flatMap((log) => {
    const ms = /"startedInMs":(\d+)/.exec(log)?.[1];
    return ms === undefined ? [] : [Number(ms) / 1_000];
  });
}

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
