import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { linedUp, packed } from './pack-counts.ts';
import { UserTally } from './user-tally.ts';

const home = useTestStore();

type Pair = [number: number, count: number | null];

/** The bytes that PostgreSQL makes of the pairs in both ways. */
async function pack(pairs: readonly Pair[]): Promise<{ packed: Buffer; linedUp: Buffer }> {
  const { rows } = await home.pool.query<{ packed: Buffer; linedUp: Buffer }>(
    `WITH counted AS (SELECT * FROM unnest($1::int[], $2::int[]) AS c (number, count))
     SELECT ${packed('counted')} AS packed, ${linedUp('counted')} AS "linedUp"`,
    [pairs.map(([number]) => number), pairs.map(([, count]) => count)],
  );
  if (!rows[0]) throw new Error('A query without a table gives one row');
  return rows[0];
}

/** What a tally makes of the bytes, in the order of numbers. */
function tallied(add: (tally: UserTally) => void): Pair[] {
  const tally = new UserTally();
  add(tally);
  const { numbers, counts } = tally.greatest(1_000);
  return numbers.map((number, index) => [number, counts[index] ?? null]);
}

/** Often on the edge of what a byte holds. */
const around = (least: number) =>
  fc.oneof(
    fc.integer({ min: least, max: 20 }),
    fc.constantFrom(254, 255, 256, 509, 510, 511, 766),
    fc.integer({ min: least, max: 500_000 }),
  );

test('counts of users come out of the bytes as they went in, whatever gaps and counts there are', async () => {
  const pair = fc.tuple(around(0), around(1));
  await fc.assert(
    fc.asyncProperty(fc.array(pair, { maxLength: 20 }), async (all) => {
      const pairs = [...new Map(all)];
      const rising = pairs.toSorted(([one], [two]) => one - two);
      const bytes = await pack(pairs);
      expect(tallied((tally) => tally.addPacked(bytes.packed))).toEqual(rising);
      expect(tallied((tally) => tally.addLinedUp(bytes.linedUp))).toEqual(rising);
    }),
    { numRuns: 100 },
  );
});

test('bytes of both kinds add up, also from an odd place of a larger buffer', async () => {
  const { packed: kept, linedUp: read } = await pack([
    [7, 300],
    [9, 1],
  ]);
  const odd = (bytes: Buffer) => Buffer.concat([Buffer.from('x'), bytes]).subarray(1);
  const found = tallied((tally) => {
    tally.addPacked(odd(kept));
    tally.addLinedUp(odd(read));
  });
  expect(found).toEqual([
    [7, 600],
    [9, 2],
  ]);
});

test('packed, a user takes two bytes, and a gap of 255 numbers two more', async () => {
  const dense = Array.from({ length: 1_000 }, (_, number): Pair => [number, 1]);
  expect((await pack(dense)).packed.length).toBe(2_000);
  const sparse = Array.from({ length: 10 }, (_, index): Pair => [index * 2_550, 1]);
  expect((await pack(sparse)).packed.length).toBe(2 * (10 + 9 * 10));
});

test('who has no number is left out', async () => {
  const { rows } = await home.pool.query<{ kept: Buffer; read: Buffer }>(
    `WITH counted (number, count) AS (VALUES (NULL, 5), (1, 7))
     SELECT ${packed('counted')} AS kept, ${linedUp('counted')} AS read`,
  );
  const { kept = Buffer.alloc(0), read = Buffer.alloc(0) } = rows[0] ?? {};
  expect(tallied((tally) => tally.addPacked(kept))).toEqual([[1, 7]]);
  expect(tallied((tally) => tally.addLinedUp(read))).toEqual([[1, 7]]);
});
