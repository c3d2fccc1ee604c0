import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UserTally } from './user-tally.ts';

/** Pairs rising by number. */
function pack(pairs: readonly (readonly [number: number, count: number])[]): Buffer {
  const bytes: number[] = [];
  let reached = 0;
  for (const [number, count] of pairs) {
    for (; number - reached > 255; reached += 255) bytes.push(255, 0);
    bytes.push(number - reached, count);
    reached = number;
  }
  return Buffer.from(bytes);
}

const pair = fc.tuple(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 1, max: 4 }));

test('the greatest are all users whose sum is at least that of the last place, with their sums', () => {
  const parts = fc.array(fc.array(pair, { maxLength: 30 }), { maxLength: 6 });
  fc.assert(
    fc.property(parts, fc.integer({ min: 1, max: 12 }), (all, limit) => {
      const tally = new UserTally();
      for (const part of all) tally.add(pack(part.toSorted(([a], [b]) => a - b)));
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

test('packed counts are read where they lie, also at an odd place of a larger buffer', () => {
  const tally = new UserTally();
  tally.add(Buffer.concat([Buffer.from('x'), pack([[7, 3]])]).subarray(1));
  expect(tally.greatest(1)).toEqual({ numbers: [7], counts: [3] });
});

test('sums may exceed 32 bits', () => {
  const tally = new UserTally();
  const part = pack(Array.from({ length: 100_000 }, () => [0, 255]));
  for (let time = 0; time < 200; time++) tally.add(part);
  expect(tally.greatest(5)).toEqual({ numbers: [0], counts: [200 * 100_000 * 255] });
});
