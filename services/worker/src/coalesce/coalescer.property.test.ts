import { expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { manualCoalescer, type Item } from '../testing/manual-coalescer.ts';

type Step = { add: number; bytes: number } | { end: number; well: boolean } | 'grow old';

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      add: fc.integer({ min: 1, max: 14 }),
      bytes: fc.integer({ min: 0, max: 1_200 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ end: fc.nat({ max: 3 }), well: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant('grow old' as const) },
);

const flushAfterMs = 2;

/** Timers of one length run in the order in which they were set, so the one of the test runs after the coalescer's. */
const growOld = () => sleep(flushAfterMs);

test('under any load and any outcome of the flushes each item is flushed exactly once, and settles as its flush does', async () => {
  const settings = fc.record({
    writers: fc.integer({ min: 1, max: 3 }),
    maxItems: fc.integer({ min: 1, max: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(settings, fc.array(step, { maxLength: 40 }), async (changes, steps) => {
      const { add, end, flushes, inFlight, coalescer } = manualCoalescer({
        ...changes,
        flushAfterMs,
      });
      const added: { item: Item; outcome: Promise<string> }[] = [];
      const statuses = new Map<number, string>();
      const check = () => {
        expect(inFlight().length).toBeLessThanOrEqual(changes.writers);
        for (const { items } of flushes) {
          const events = items.reduce((sum, { size }) => sum + size, 0);
          const bytes = items.reduce((sum, item) => sum + item.bytes, 0);
          expect(items.length === 1 || (events <= 10 && bytes <= 1_000)).toBe(true);
        }
      };
      const endOne = async (place: number, well: boolean) => {
        const flush = inFlight()[place % Math.max(1, inFlight().length)];
        if (!flush) return;
        for (const { id } of flush.items) statuses.set(id, well ? 'stored' : 'failed');
        await end(flush, well ? undefined : new Error('failed'));
      };
      for (const one of steps) {
        if (one === 'grow old') {
          await growOld();
          const flushed = flushes.flatMap(({ items }) => items).length;
          // What is old leaves as long as a writer is free: nothing is left without a timer.
          expect(flushed === added.length || inFlight().length === changes.writers).toBe(true);
        } else if ('add' in one) {
          const { item, done } = add(one.add, one.bytes);
          const outcome = done.then(
            () => 'stored',
            () => 'failed',
          );
          added.push({ item, outcome });
        } else {
          await endOne(one.end, one.well);
        }
        check();
      }
      const closing = coalescer.close();
      while (inFlight().length > 0) {
        check();
        await endOne(0, true);
      }
      await closing;
      // Every item once, in the order in which they came.
      expect(flushes.flatMap(({ items }) => items)).toEqual(added.map(({ item }) => item));
      for (const { item, outcome } of added) expect(await outcome).toBe(statuses.get(item.id));
    }),
    { numRuns: 150 },
  );
});
