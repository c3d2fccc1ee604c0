import { expect, test } from '@jest/globals';
import { readRecorded, replay } from '../recorded/read-recorded.ts';
import type { PodObject } from './objects.ts';
import { podEvents } from './pod-events.ts';
import { podPhase } from './pod-status.ts';

const storyOf = (file: string) => replay(file).events.map(({ reason }) => reason);
const firstOf = (file: string, wanted: string) =>
  replay(file).events.find(({ reason }) => reason === wanted);

test('an evicted pod is reported as evicted, with the message of the cluster', () => {
  expect(storyOf('evicted.ndjson')).toContain('EvictionByEvictionAPI');
  expect(storyOf('evicted.ndjson')).not.toContain('Ending');
  expect(firstOf('evicted.ndjson', 'EvictionByEvictionAPI')).toMatchObject({
    severity: 'warning',
    message: expect.stringMatching(/evict/i),
  });
});

test('a container that was killed for its memory is reported as OOMKilled, at each restart', () => {
  const kills = replay('out-of-memory.ndjson').events.filter(
    ({ reason }) => reason === 'OOMKilled',
  );
  expect(kills.length).toBeGreaterThanOrEqual(2);
  expect(kills[0]).toMatchObject({
    severity: 'warning',
    message: 'worker ended with code 137, restart 1',
  });
  // By the clock of the node, not the local one.
  expect(kills[0]?.time).toMatch(/^2026-11-23T11:01:/);
});

test('a container that fails repeatedly is reported as CrashLoopBackOff once until it runs', () => {
  const story = storyOf('crash-loop.ndjson');
  const first = story.indexOf('CrashLoopBackOff');
  expect(first).toBeGreaterThan(0);
  expect(story[first + 1]).not.toBe('CrashLoopBackOff');
});

test('a StatefulSet pod that comes back under its name is another pod', () => {
  const [first] = readRecorded('crash-loop.ndjson');
  const pod = first?.object as PodObject;
  const next = { ...pod, metadata: { ...pod.metadata, uid: 'another' } };
  expect(podEvents(pod, undefined, 'now').map(({ reason }) => reason)).toEqual(['Gone']);
  expect(podEvents(undefined, next, 'now').map(({ reason }) => reason)).toContain('Created');
});

test('a pod that ended is no replica any more, though its record is there', () => {
  const last = readRecorded('evicted.ndjson').at(-1)?.object as PodObject;
  expect(last.status?.phase).toMatch(/Succeeded|Failed/);
  expect(podPhase(last)).toBe('over');
});

test('the pod of a Job that has finished is finished, never not ready', () => {
  const pod = (phase: string, status: string, reason?: string): PodObject => ({
    metadata: { name: 'ep-event-platform-migrate-1-x', uid: 'u' },
    status: { phase, conditions: [{ type: 'Ready', status, ...(reason && { reason }) }] },
  });
  // As the kubelet reports it: the containers have ended, then the pod has.
  const states = [
    pod('Pending', 'False', 'ContainersNotReady'),
    pod('Running', 'True'),
    pod('Running', 'False', 'PodCompleted'),
    pod('Succeeded', 'False', 'PodCompleted'),
  ];
  const reported = states.flatMap((state, index) => podEvents(states[index - 1], state, 'now'));
  expect(reported.map(({ reason, severity }) => [reason, severity])).toEqual([
    ['Created', 'normal'],
    ['Ready', 'normal'],
    ['Finished', 'normal'],
  ]);
});
