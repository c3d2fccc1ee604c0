import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UserTally } from './user-tally.ts';

/** As `linedUp` of pack-counts.ts does it, eight bytes for each. */
function lineUp(pairs: readonly (readonly [number: number, count: number])[]): Buffer {
  const bytes = Buffer.alloc(8 * pairs.length);
  for (const [index, [number, count]] of pairs.entries()) {
    bytes.writeUInt32BE(number, 8 * index);
    bytes.writeUInt32BE(count, 8 * index + 4);
  }
  return bytes;
}

const pair = fc.tuple(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 1, max: 4 }));

test('the greatest are all users whose sum is at least that of the last place, with their sums', () => {
  const parts = fc.array(fc.array(pair, { maxLength: 30 }), { maxLength: 6 });
  fc.assert(
    fc.property(parts, fc.integer({ min: 1, max: 12 }), (all, limit) => {
      const tally = new UserTally();
      for (const part of all) tally.addLinedUp(lineUp(part));
      const sums = new Map<number, number>();
      for (const [number, count] of all.flat()) {
        sums.set(number, (sums.get(number) ?? 0) + count);
      }
      const falling = [...sums.values()].sort((a, b) => b - a);
      const least = falling[limit - 1] ?? 1;
      const { numbers, counts } = tally.greatest(limit);
      const expected = [...sums].filter(([, sum]) => sum >= least).sort(([a], [b]) => a - b);
      expect(numbers.map((number, index) => [number, counts[index]])).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

test('sums may exceed 32 bits', () => {
  const tally = new UserTally();
  for (let time = 0; time < 3; time++) tally.addLinedUp(lineUp([[0, 2 ** 31]]));
  expect(tally.greatest(5)).toEqual({ numbers: [0], counts: [3 * 2 ** 31] });
});
