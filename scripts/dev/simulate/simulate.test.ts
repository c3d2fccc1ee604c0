import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { seededRandom } from '@event-platform/testkit/harness/seeded-random';
import { calibrate } from './calibrate.ts';
import { askedAtS, readRecorded, recordedTrace, type RecordedBurst } from './recording.ts';
import { settingsSchema } from './settings.ts';
import { simulate, type SimulatedMoment } from './simulate.ts';
import { burst } from './trace.ts';

const half = { random: () => 0.5 };
const usual = settingsSchema.parse({});
// As the scaling suite installs the chart, on a cluster as it was when the bursts were recorded.
const ofTheSuite = settingsSchema.parse({
  cooldownS: 15,
  pollingIntervalS: 2,
  autoscalerPeriodS: 15,
});

describe('a recorded burst is reproduced within 15 % by constants read off the others', () => {
  const bursts = readRecorded();

  test.each(bursts.map((_, index) => [index + 1]))('burst %i', (number) => {
    const recorded = bursts[number - 1] ?? [];
    const others = bursts.filter((one) => one !== recorded);
    const settings = { ...ofTheSuite, ...calibrate(others, ofTheSuite) };
    const chance = {
      ...half,
      // Between its looks KEDA is blind, so where they fell is no constant.
      firstPollS: askedAtS(recorded, 1),
      firstTickS: askedAtS(recorded, settings.maxPods),
    };
    const moments = simulate(settings, recordedTrace(recorded, 100), chance, 0.2);
    const peak = Math.max(...recorded.map(({ backlog }) => backlog));
    expectWithin(0.15, Math.max(...moments.map(({ backlog }) => backlog)), peak);
    expectWithin(0.15, drainedAtS(moments), storedAtS(recorded));
    // Of the pods at the most: how far apart the two curves are on the average.
    expect(distance(recorded, moments) / settings.maxPods).toBeLessThan(0.15);
  });
});

function expectWithin(share: number, found: number, wanted: number): void {
  expect(Math.abs(found / wanted - 1)).toBeLessThan(share);
}

const storedAtS = (moments: RecordedBurst) =>
  (moments.find(({ stored }) => stored >= 100_000)?.atMs ?? NaN) / 1_000;
const drainedAtS = (moments: readonly SimulatedMoment[]) =>
  moments.find(({ stored }) => stored > 999.9)?.atS ?? NaN;

function distance(recorded: RecordedBurst, simulated: readonly SimulatedMoment[]): number {
  const gaps = recorded.map(({ atMs, ready }) => {
    const same = simulated[Math.round(atMs / 200)];
    return Math.abs(ready - (same?.ready ?? 0));
  });
  return gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
}

test('the usual values are those that the recorded bursts show', () => {
  expect(usual).toMatchObject(calibrate(readRecorded(), usual));
});

describe('whatever the traffic and the settings', () => {
  const traffic = fc.record({
    events: fc.integer({ min: 100, max: 500_000 }),
    seconds: fc.integer({ min: 1, max: 600 }),
    seed: fc.integer({ min: 0, max: 1_000 }),
    minPods: fc.integer({ min: 0, max: 3 }),
    jobsPerPod: fc.integer({ min: 1, max: 500 }),
  });
  const play = ({ events, seconds, seed, ...changes }: Parameters<typeof playOf>[0]) =>
    playOf({ events, seconds, seed, ...changes });

  test('all that arrived is stored, and nothing else', () => {
    fc.assert(
      fc.property(traffic, (case_) => {
        const last = play(case_).at(-1);
        expect(last?.stored).toBeCloseTo(case_.events / usual.eventsPerJob, 3);
        expect(last?.backlog).toBe(0);
      }),
    );
  });

  test('pods stay within their bounds, and ready ones within those asked for', () => {
    fc.assert(
      fc.property(traffic, (case_) => {
        for (const { wanted, ready } of play(case_)) {
          expect(wanted).toBeGreaterThanOrEqual(case_.minPods);
          expect(wanted).toBeLessThanOrEqual(usual.maxPods);
          expect(ready).toBeLessThanOrEqual(wanted);
        }
      }),
    );
  });

  test('the same seed gives the same answer', () => {
    fc.assert(fc.property(traffic, (case_) => expect(play(case_)).toEqual(play(case_))));
  });
});

function playOf(given: {
  events: number;
  seconds: number;
  seed: number;
  minPods: number;
  jobsPerPod: number;
}) {
  const next = seededRandom(given.seed);
  const { minPods, jobsPerPod } = given;
  return simulate(
    { ...usual, minPods, jobsPerPod },
    burst(given.events, given.seconds),
    { random: () => next(1_000) / 1_000 },
    5,
  );
}

test('a pod that keeps up lets nobody wait, and one that does not lets all wait longer and longer', () => {
  const steady = { ...usual, minPods: 1, maxPods: 1 };
  const at = (jobsPerS: number) =>
    simulate(steady, burst(jobsPerS * 100 * 600, 600), half).filter(({ atS }) => atS < 600);
  expect(Math.max(...at(37).map(({ ageS }) => ageS))).toBeLessThan(1);
  // 1.1 jobs a second too many: the job next in turn came before all those that wait.
  expect(at(39).at(-1)?.backlog).toBeCloseTo(1.1 * 600, -1);
  expect(at(39).at(-1)?.ageS).toBeCloseTo((1.1 * 600) / 39, 0);
});
