import { describe, expect, test } from '@jest/globals';
import { acceptedRate, drainMs, throughputBackMs, type Sample } from './recovery.ts';

const healedAtMs = 1_000;
const rate = 100;

/** A sample each 500 ms from the end of the fault on: events accepted and kept since its start. */
function samples(...counts: [accepted: number, kept: number | undefined][]): Sample[] {
  return counts.map(([accepted, kept], index) => ({
    atMs: healedAtMs + index * 500,
    accepted,
    kept,
  }));
}

const steady = (from: number, count: number) =>
  Array.from({ length: count }, (_, n): [number, number] => [from + n * 50, from + n * 50]);

describe('throughput is back', () => {
  test('at once when nothing was hurt', () => {
    expect(throughputBackMs(samples(...steady(0, 5)), healedAtMs, rate)).toBe(0);
  });

  test('when two seconds have gone well, and not sooner', () => {
    expect(throughputBackMs(samples(...steady(0, 4)), healedAtMs, rate)).toBeUndefined();
  });

  test('not while less than 90 % is accepted, or stored', () => {
    const few = samples([0, 0], [40, 40], [80, 80], [120, 120], [160, 160]);
    expect(throughputBackMs(few, healedAtMs, rate)).toBeUndefined();
    const stuck = samples([0, 0], [50, 0], [100, 0], [150, 0], [200, 0]);
    expect(throughputBackMs(stuck, healedAtMs, rate)).toBeUndefined();
  });

  test('not while a backlog of more than a second is left', () => {
    const backlog = samples([500, 200], [550, 300], [600, 400], [650, 600]);
    const after = samples(...backlog.map(() => [0, 0] as [number, number]), ...steady(700, 5));
    expect(throughputBackMs([...backlog, ...after.slice(4)], healedAtMs, rate)).toBe(1_500);
  });

  test('not before the end of the fault, nor where PostgreSQL does not answer', () => {
    const silent = samples([0, undefined], ...steady(50, 5));
    expect(throughputBackMs(silent, healedAtMs, rate)).toBe(500);
    expect(throughputBackMs(samples(...steady(0, 6)), healedAtMs + 500, rate)).toBe(0);
  });
});

test('the rate is of the time that is asked for', () => {
  const list = samples([0, 0], [500, 0], [550, 0], [600, 0]);
  expect(acceptedRate(list, healedAtMs + 500, healedAtMs + 1_500)).toBe(100);
  expect(acceptedRate(list, 0, 1)).toBe(0);
});

test('draining lasts until the last event is stored or dead that was accepted before the end of the fault', () => {
  const event = (eventId: string, acceptedAtMs: number, storedAtMs: number) => ({
    attempted: {
      ...{ accountId: 'a', eventId, hash: '', outcome: 'ok' as const },
      ...{ attempts: 1, unknownAttempts: 0, acceptedAtMs },
    },
    stored: { accountId: 'a', eventId, type: 't', minute: '', hash: '', storedAtMs },
  });
  const events = [event('x', 900, 1_700), event('y', 1_100, 9_000), event('z', 100, 110)];
  const attempted = new Map(events.map((each) => [`a\0${each.attempted.eventId}`, each.attempted]));
  const stored = events.map((each) => each.stored);
  expect(drainMs(attempted, { stored, deadLetters: [] }, healedAtMs)).toBe(700);
  expect(drainMs(attempted, { stored: [], deadLetters: [] }, healedAtMs)).toBe(0);
  const deadLetter = {
    accountId: 'a',
    eventId: 'x',
    reason: 'data_error',
    hash: '',
    deadLetteredAtMs: 2_500,
  };
  expect(drainMs(attempted, { stored, deadLetters: [deadLetter] }, healedAtMs)).toBe(1_500);
});
