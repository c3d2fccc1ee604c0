import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { countReplicas } from '../model/count-replicas.ts';
import { readRecorded, readRecordedText } from '../recorded/read-recorded.ts';
import { startRecording } from '../recording/start-recording.ts';
import type { TimelineEvent } from '../model/sample.ts';
import { createApiClient } from './api-client.ts';
import { FakeApiServer } from './fake-api-server.ts';
import { findRelease } from './find-release.ts';
import { watchRelease, type ReleaseWatch } from './watch-release.ts';

const burst = readRecorded('burst.ndjson');
/** What is there when the watch begins: everything before the first event of the burst. */
const before = burst.slice(
  0,
  burst.findIndex(({ kind }) => kind === 'events'),
);
const after = burst.slice(before.length);

let server: FakeApiServer;
let watch: ReleaseWatch | undefined;
let events: TimelineEvent[];

beforeEach(async () => {
  server = new FakeApiServer();
  await server.start();
  for (const change of before) server.report(change);
  events = [];
});

afterEach(async () => {
  await watch?.stop();
  watch = undefined;
  await server.stop();
});

async function startWatch(): Promise<ReleaseWatch> {
  const where = { kubeConfig: server.kubeConfig(), namespace: 'watch-dev', release: 'dev' };
  watch = watchRelease({
    ...where,
    intervalMs: 50,
    onEvents: (happened, isHistory) => {
      if (!isHistory) events.push(...happened);
    },
  });
  await watch.started;
  return watch;
}
const workers = () => watch && countReplicas(watch.snapshot().state, 'worker');
const reasons = () => events.map(({ reason }) => reason);

test('live changes arrive as events, and earlier ones do not', async () => {
  await startWatch();
  expect(workers()).toMatchObject({ ready: 0, starting: 0, ending: 0 });
  expect(events).toEqual([]);
  for (const change of after) server.report(change);
  await eventually(() => {
    expect(reasons()).toContain('KEDAScaleTargetDeactivated');
    expect(reasons().filter((reason) => reason === 'Ready')).toHaveLength(5);
    expect(reasons().filter((reason) => reason === 'Gone')).toHaveLength(5);
  });
});

test('rights that are missing are named, and the rest is shown', async () => {
  server.refusals.set('events', { status: 403, message: 'forbidden' });
  server.refusals.set('scaledobjects', { status: 404, message: 'not found' });
  server.refusals.set('proxy', { status: 403, message: 'forbidden' });
  const { snapshot } = await startWatch();
  expect(snapshot().problems).toEqual([
    'KEDA is not installed in this cluster.',
    expect.stringMatching(/^No right to watch events in watch-dev: the reasons/),
  ]);
  expect(workers()).not.toBeNull();
  await eventually(() =>
    expect(snapshot().problems.at(-1)).toMatch(/^No right to get pods\/proxy: backlog/),
  );
});

test('an API server that restarts is named and found again, and what ended meanwhile is reported', async () => {
  const { snapshot } = await startWatch();
  for (const change of after.slice(0, after.length / 2)) server.report(change);
  await eventually(() => reasons().includes('Created'));
  await server.stop();
  await eventually(() => expect(snapshot().problems[0]).toMatch(/^The API server does not answer/));
  for (const change of after.slice(after.length / 2)) server.report(change);
  expect(reasons()).not.toContain('Gone');
  await server.start();
  await eventually(() => {
    expect(snapshot().problems).toEqual([]);
    expect(reasons()).toContain('Gone');
    expect(workers()).toEqual({ wanted: 0, ready: 0, starting: 0, ending: 0 });
  });
});

test('the metrics of a pod are read through the proxy of the API server', async () => {
  server.metrics.set(apiPod(), readRecordedText('api-metrics.txt'));
  const { snapshot } = await startWatch();
  await eventually(() => expect(snapshot().meter.queue?.counts.prioritized).toBe(1_226));
  expect(snapshot().problems).toEqual([]);
});

test('a recording of a release that is not installed yet begins with unknowns and goes on', async () => {
  await server.stop();
  server = new FakeApiServer();
  await server.start();
  const kubeConfig = server.kubeConfig();
  const recording = await startRecording({
    kubeConfig,
    namespace: 'watch-dev',
    release: 'dev',
    intervalMs: 20,
  });
  await eventually(() => recording.samples().length > 0);
  for (const change of burst) server.report(change);
  await eventually(() => recording.samples().some(({ api }) => api?.ready === 1));
  const samples = await recording.stop();
  expect(samples[0]).toMatchObject({ workers: null, api: null, queue: null, inPerS: null });
  expect(samples.flatMap((sample) => sample.events).map(({ reason }) => reason)).toContain(
    'SuccessfulRescale',
  );
  expect(await recording.stop()).toBe(samples);
});

test('the release is found by the labels of the chart, and one must be named of several', async () => {
  const api = createApiClient(server.kubeConfig());
  const wanted = { namespace: undefined, usualNamespace: 'default', release: undefined };
  const found = { namespace: 'watch-dev', release: 'dev' };
  expect(await findRelease(api, wanted)).toEqual(found);

  const worker = before.find(({ object }) => object.metadata.name.endsWith('-worker'));
  const metadata = { ...worker?.object.metadata, name: 'elsewhere', namespace: 'two' };
  server.report({ kind: 'deployments', type: 'ADDED', object: { metadata } });
  await expect(findRelease(api, wanted)).rejects.toThrow(
    /--namespace watch-dev --release dev\n.*--namespace two --release dev/,
  );
  const named = { namespace: 'later', usualNamespace: 'default', release: 'to-come' };
  expect(await findRelease(api, named)).toEqual({ namespace: 'later', release: 'to-come' });
  api.close();
});

function apiPod(): string {
  const pod = before.find(
    ({ kind, object }) => kind === 'pods' && object.metadata.name.includes('-api-'),
  );
  return pod?.object.metadata.name ?? '';
}
