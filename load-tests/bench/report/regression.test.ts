import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fitLine } from './regression.ts';

test('points on a line give its slope, and no doubt about it', () => {
  const number = fc.integer({ min: -1_000, max: 1_000 });
  fc.assert(
    fc.property(number, number, fc.integer({ min: 3, max: 50 }), (slope, start, count) => {
      const points = Array.from({ length: count }, (_, x) => [x, start + slope * x] as const);
      const line = fitLine(points);
      expect(line.slope).toBeCloseTo(slope, 6);
      expect(line.standardError).toBeCloseTo(0, 6);
    }),
  );
});

test('noise shows as an error that is larger than the slope it feigns', () => {
  const points = Array.from({ length: 200 }, (_, x) => [x, x % 2 === 0 ? 5 : -5] as const);
  const { slope, standardError } = fitLine(points);
  expect(Math.abs(slope)).toBeLessThan(2 * standardError);
});

test('a single instant has no slope', () => {
  expect(fitLine([])).toEqual({ slope: 0, standardError: 0 });
  expect(
    fitLine([
      [1, 5],
      [1, 9],
    ]),
  ).toEqual({ slope: 0, standardError: 0 });
});
