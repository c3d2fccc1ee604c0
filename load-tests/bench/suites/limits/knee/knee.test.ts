import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { lowerRate } from './lower-rate.ts';
import { searchKnee } from './search-knee.ts';
import { evaluateStep, p99LimitMs, type BacklogSample } from './step.ts';

const calm = { p50: 2, p99: 20, max: 30 };
const flat = (seconds: number): BacklogSample[] =>
  Array.from({ length: seconds * 5 }, (_, index) => [index / 5, index % 3 === 0 ? 4_000 : 1_000]);

test('the knee is found within 4 % below the truth, wherever the search begins', async () => {
  const rates = fc.integer({ min: 1_000, max: 200_000 });
  await fc.assert(
    fc.asyncProperty(rates, fc.double({ min: 0.3, max: 3, noNaN: true }), async (truth, off) => {
      const tryRate = (rate: number) =>
        Promise.resolve({ ...evaluateStep(rate, rate, calm, flat(8)), isSteady: rate <= truth });
      const { knee } = await searchKnee(truth * off, tryRate);
      expect(knee).toBeLessThanOrEqual(truth);
      expect(knee).toBeGreaterThan(truth / 1.05);
    }),
  );
});

test('where nothing holds, the search ends and says so', async () => {
  const tryRate = (rate: number) => Promise.resolve(evaluateStep(rate, 0, calm, []));
  const { knee, steps } = await searchKnee(1_000, tryRate);
  expect(knee).toBeUndefined();
  expect(steps.length).toBeLessThan(20);
});

test('a queue that sways is steady, one that grows is not', () => {
  expect(evaluateStep(40_000, 40_000, calm, flat(8)).isSteady).toBe(true);
  const growing = flat(8).map(([at, events]): BacklogSample => [at, events + at * 1_500]);
  expect(evaluateStep(40_000, 40_000, calm, growing)).toMatchObject({ isSteady: false });
});

test('answers that come too late, or too few of them, are not steady', () => {
  const late = { ...calm, p99: p99LimitMs + 1 };
  expect(evaluateStep(40_000, 40_000, late, flat(8)).isSteady).toBe(false);
  expect(evaluateStep(40_000, 35_000, calm, flat(8)).isSteady).toBe(false);
});

test('what did not hold is followed by what was worked off, and always by less', () => {
  const growing = flat(8).map(([at, events]): BacklogSample => [at, events + at * 12_000]);
  expect(lowerRate(evaluateStep(40_000, 40_000, calm, growing))).toBeCloseTo(28_000, -3);
  const late = evaluateStep(40_000, 40_000, { ...calm, p99: p99LimitMs + 1 }, flat(8));
  expect(lowerRate(late)).toBe(38_000);
  const drowned = flat(8).map(([at, events]): BacklogSample => [at, events + at * 39_000]);
  expect(lowerRate(evaluateStep(40_000, 40_000, calm, drowned))).toBe(20_000);
});
