import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { useTestStore } from '../../testing/use-test-store.ts';
import { packed, unpack } from './pack-counts.ts';

const home = useTestStore();

type Pair = [number: number, count: number];

async function pack(pairs: readonly Pair[]): Promise<Buffer> {
  const { rows } = await home.pool.query<{ bytes: Buffer }>(
    `WITH counted AS (SELECT * FROM unnest($1::int[], $2::int[]) AS c (number, count))
     SELECT ${packed('counted')} AS bytes`,
    [pairs.map(([number]) => number), pairs.map(([, count]) => count)],
  );
  return rows[0]?.bytes ?? Buffer.alloc(0);
}

function unpacked(bytes: Uint8Array): Pair[] {
  const sums = new Map<number, number>();
  unpack(bytes, (number, count) => sums.set(number, (sums.get(number) ?? 0) + count));
  return [...sums];
}

/** Often on the edge of what a byte holds. */
const around = (least: number) =>
  fc.oneof(
    fc.integer({ min: least, max: 20 }),
    fc.constantFrom(254, 255, 256, 509, 510, 511, 766),
    fc.integer({ min: least, max: 5_000_000 }),
  );

test('counts of users come out of the bytes as they went in, whatever gaps and counts there are', async () => {
  const pair = fc.tuple(around(0), around(1));
  await fc.assert(
    fc.asyncProperty(fc.array(pair, { maxLength: 20 }), async (all) => {
      const pairs = [...new Map(all)];
      const rising = pairs.toSorted(([one], [two]) => one - two);
      expect(unpacked(await pack(pairs))).toEqual(rising);
    }),
    { numRuns: 200 },
  );
});

test('a user takes two bytes, and a gap of 255 numbers two more', async () => {
  const dense = Array.from({ length: 1_000 }, (_, number): Pair => [number, 1]);
  expect((await pack(dense)).length).toBe(2_000);
  const sparse = Array.from({ length: 10 }, (_, index): Pair => [index * 2_550, 1]);
  expect((await pack(sparse)).length).toBe(2 * (10 + 9 * 10));
});

test('who has no number is left out', async () => {
  const { rows } = await home.pool.query<{ bytes: Buffer }>(
    `WITH counted (number, count) AS (VALUES (NULL, 5), (1, 7)) SELECT ${packed('counted')} AS bytes`,
  );
  expect(unpacked(rows[0]?.bytes ?? Buffer.alloc(0))).toEqual([[1, 7]]);
});
