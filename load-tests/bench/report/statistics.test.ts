import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { median, ratioOf, spreadOf } from './statistics.ts';

const values = fc.array(fc.double({ min: 0.001, max: 1e9, noNaN: true }), { minLength: 1 });

describe('the median', () => {
  test('has as many values above it as below, and does not depend on their order', () => {
    fc.assert(
      fc.property(values, (list) => {
        const middle = median(list);
        const below = list.filter((value) => value < middle).length;
        const above = list.filter((value) => value > middle).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(list.length / 2);
        expect(median(list.toReversed())).toBe(middle);
      }),
    );
  });

  test('of an even number of values lies between the two in the middle', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  test('of nothing is an error and not a figure', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

test('a spread holds the least, the middle and the greatest', () => {
  expect(spreadOf([5, 1, 9])).toEqual({ median: 5, min: 1, max: 9 });
});

test('what slows down both sides of a round leaves their ratio as it was', () => {
  const pace = fc.double({ min: 0.1, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(pace, { minLength: 1, maxLength: 9 }), (paces) => {
      const ratio = ratioOf(
        paces.map((one) => one * 300),
        paces.map((one) => one * 1_000),
      );
      for (const value of Object.values(ratio)) expect(value).toBeCloseTo(0.3, 10);
    }),
  );
});

test('a ratio is of the same round, not of the two medians', () => {
  expect(ratioOf([10, 20, 90], [100, 10, 30])).toEqual({ median: 2, min: 0.1, max: 3 });
});
