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

test('no user but a candidate comes among the first with no more than the slack', () => {
  const counts = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 40 });
  const few = fc.integer({ min: 1, max: 8 });
  fc.assert(
    fc.property(counts, few, few, fc.boolean(), (all, n, room, isTied) => {
      const tally = new UserTally();
      const pairs = all.map((count, number) => [number, isTied ? 5 : count] as const);
      tally.addLinedUp(lineUp(pairs));
      const { numbers, slack } = tally.candidates(n, n + room);
      expect(numbers.length).toBeLessThanOrEqual(n + room);
      const nth = pairs.map(([, count]) => count).toSorted((a, b) => b - a)[n - 1] ?? 0;
      for (const [number, count] of [...pairs, [all.length, 0] as const]) {
        if (!numbers.includes(number)) expect(slack === 0 || count + slack < nth).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

test('contenders are as many as there is room for', () => {
  const tally = new UserTally();
  tally.addLinedUp(lineUp([9, 9, 8, 7, 7, 7, 6].map((count, number) => [number, count])));
  expect(tally.candidates(2, 3)).toEqual({ numbers: [0, 1, 2], slack: 1 });
  expect(tally.candidates(2, 5)).toEqual({ numbers: [0, 1, 2], slack: 1 });
  expect(tally.candidates(2, 6)).toEqual({ numbers: [0, 1, 2, 3, 4, 5], slack: 2 });
  expect(tally.candidates(4, 5)).toEqual({ numbers: [], slack: 0 });
  expect(tally.candidates(8, 20)).toEqual({ numbers: [], slack: 0 });
});

test('sums may exceed 32 bits', () => {
  const tally = new UserTally();
  for (let time = 0; time < 3; time++) tally.addLinedUp(lineUp([[0, 2 ** 31]]));
  expect(tally.greatest(5)).toEqual({ numbers: [0], counts: [3 * 2 ** 31] });
});
