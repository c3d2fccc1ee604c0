import { expect, test } from '@jest/globals';
import { readRecorded, replay, replayedAt } from '../recorded/read-recorded.ts';
import type { Replicas } from './sample.ts';
import { viewConditions } from './conditions.ts';
import { countReplicas } from './count-replicas.ts';
import type { EventObject } from './objects.ts';
import { emptyState, applyChange } from './release-state.ts';
import { viewScalers } from './view-scalers.ts';

test('a recorded burst is counted from zero to five workers and back', () => {
  const seen: (Replicas | null)[] = [];
  const { state } = replay('burst.ndjson', (one) => seen.push(countReplicas(one, 'worker')));
  const ready = seen.flatMap((replicas) => (replicas ? [replicas.ready] : []));
  expect(Math.max(...ready)).toBe(5);
  expect(seen.some((replicas) => replicas?.wanted === 5 && replicas.starting > 0)).toBe(true);
  expect(countReplicas(state, 'worker')).toEqual({ wanted: 0, ready: 0, starting: 0, ending: 0 });
  expect(countReplicas(state, 'api')).toEqual({ wanted: 1, ready: 1, starting: 0, ending: 0 });
});

test('actions of the scalers in a recorded burst are reported once each, in order and with reasons', () => {
  const { events } = replay('burst.ndjson');
  const acts = events.filter(({ kind }) => kind === 'HPA' || kind === 'ScaledObject');
  expect(acts.map(({ reason }) => reason)).toEqual([
    'KEDAScaleTargetActivated',
    'SuccessfulRescale',
    'KEDAScaleTargetDeactivated',
  ]);
  expect(acts[1]?.message).toMatch(/^New size: 5; reason: external metric .* above target$/);
  expect(acts.map(({ time }) => time)).toEqual(acts.map(({ time }) => time).toSorted());
});

test('every worker of a recorded burst is born, becomes ready, ends and is gone', () => {
  const { events } = replay('burst.ndjson');
  const ofWorkers = events.filter(({ kind, name }) => kind === 'Pod' && name.includes('-worker-'));
  const lives = Map.groupBy(ofWorkers, ({ name }) => name);
  expect(lives.size).toBe(5);
  for (const life of lives.values()) {
    const reasons = life.map(({ reason }) => reason).filter((reason) => reason !== 'Unhealthy');
    expect(reasons).toEqual(['Created', 'Ready', 'Ending', 'Gone']);
    expect(life.find(({ reason }) => reason === 'Ready')?.message).toMatch(/^\d+ s after it was/);
  }
});

test('a list that is read again after a reconnect means no events', () => {
  const { state } = replay('burst.ndjson');
  for (const change of readRecorded('burst.ndjson')) {
    const name = change.object.metadata.name;
    const object = state[change.kind].get(name);
    if (!object) continue;
    const again = { kind: change.kind, name, object } as Parameters<typeof applyChange>[1];
    expect(applyChange(state, again, { release: 'dev', now: replayedAt }).events).toEqual([]);
  }
});

test('events of other releases in the namespace are neither reported nor kept', () => {
  const { state } = replay('burst.ndjson');
  for (const name of ['dev-2-event-platform-worker-1', 'dev-event-platform-2-worker', 'redis-0']) {
    const object: EventObject = {
      metadata: { name: 'other' },
      involvedObject: { kind: 'Pod', name },
      type: 'Warning',
      reason: 'Unhealthy',
    };
    const change = { kind: 'events', name: 'other', object } as const;
    const applied = applyChange(state, change, { release: 'dev', now: replayedAt });
    expect(applied.events).toEqual([]);
    expect(applied.state.events.has('other')).toBe(false);
  }
});

test('a warning that repeats each second is reported again after half a minute, not before', () => {
  const failing = (count: number, lastTimestamp: string): EventObject => ({
    metadata: { name: 'probe' },
    involvedObject: { kind: 'Pod', name: 'dev-event-platform-worker-1' },
    type: 'Warning',
    reason: 'Unhealthy',
    message: 'Readiness probe failed',
    count,
    lastTimestamp,
  });
  let state = emptyState;
  const reported = [0, 1, 2, 29, 31, 32, 62].map((second, index) => {
    const object = failing(index + 1, new Date(second * 1_000).toISOString());
    const context = { release: 'dev', now: replayedAt };
    const applied = applyChange(state, { kind: 'events', name: 'probe', object }, context);
    state = applied.state;
    return applied.events.length;
  });
  expect(reported).toEqual([1, 0, 0, 0, 1, 0, 1]);
});

test('the scalers of a recorded burst at rest are shown without alarm', () => {
  const { state } = replay('burst.ndjson');
  const scalers = viewScalers(state);
  expect(scalers.map(({ kind, component, min, max }) => ({ kind, component, min, max }))).toEqual([
    { kind: 'ScaledObject', component: 'worker', min: 0, max: 5 },
    { kind: 'HPA', component: 'worker', min: 1, max: 5 },
  ]);
  expect(
    scalers.flatMap(({ conditions }) => conditions).filter(({ level }) => level !== 'ok'),
  ).toEqual([]);
});

test('a scaler at its maximum is a warning, one that cannot read its metric an error', () => {
  const condition = (type: string, status: string, reason: string) => ({ type, status, reason });
  const views = viewConditions([
    condition('AbleToScale', 'True', 'ReadyForNewScale'),
    condition('ScalingActive', 'False', 'FailedGetExternalMetric'),
    condition('ScalingLimited', 'True', 'TooManyReplicas'),
  ]);
  expect(views.map(({ type, level }) => [type, level])).toEqual([
    ['AbleToScale', 'ok'],
    ['ScalingActive', 'error'],
    ['ScalingLimited', 'warning'],
  ]);
});
