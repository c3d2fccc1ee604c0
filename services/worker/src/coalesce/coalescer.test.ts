import { describe, expect, test } from '@jest/globals';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { Coalescer, type CoalescerOptions } from './coalescer.ts';

interface Item {
  id: number;
  size: number;
}

interface Flush {
  items: Item[];
  succeed: () => void;
  fail: (error: Error) => void;
  ended: boolean;
}

/** A coalescer whose flushes end when the test says so. */
function harness(changes: Partial<CoalescerOptions<Item>> = {}) {
  const flushes: Flush[] = [];
  const options: CoalescerOptions<Item> = {
    sizeOf: (item) => item.size,
    maxEvents: 10,
    flushAfterMs: 60_000,
    maxItems: 1_000,
    writers: 2,
    flush: (items) =>
      new Promise<void>((succeed, fail) => {
        flushes.push({ items, succeed, fail, ended: false });
      }),
    ...changes,
  };
  const coalescer = new Coalescer<Item>(options);
  const inFlight = () => flushes.filter((flush) => !flush.ended);
  /** Ends one flush and lets everything that follows from it happen. */
  async function end(flush: Flush | undefined, error?: Error): Promise<void> {
    if (!flush) throw new Error('There is no such flush');
    flush.ended = true;
    if (error) flush.fail(error);
    else flush.succeed();
    await nextTurn();
  }
  let ids = 0;
  const add = (size: number) => {
    const item = { id: ids++, size };
    return { item, done: coalescer.add(item) };
  };
  return { coalescer, options, flushes, inFlight, end, add };
}

const sizesOf = (flushes: Flush[]) => flushes.map((flush) => flush.items.map(({ size }) => size));

describe('a batch is flushed', () => {
  test('when it is full', async () => {
    const { add, flushes, end } = harness();
    const items = [add(4), add(5)];
    expect(flushes).toHaveLength(0);
    items.push(add(1));
    expect(sizesOf(flushes)).toEqual([[4, 5, 1]]);
    await end(flushes[0]);
    await Promise.all(items.map(({ done }) => done));
  });

  test('when its first item has waited long enough', async () => {
    const { coalescer, end, flushes, add } = harness({ flushAfterMs: 5 });
    const { done } = add(1);
    expect(flushes).toHaveLength(0);
    while (flushes.length === 0) await nextTurn();
    await end(flushes[0]);
    await done;
    await coalescer.close();
  });

  test('when nobody is left who could add to it', async () => {
    const { add, flushes, end } = harness({ maxItems: 3 });
    const items = [add(1), add(1), add(1)];
    expect(sizesOf(flushes)).toEqual([[1, 1, 1]]);
    await end(flushes[0]);
    await Promise.all(items.map(({ done }) => done));
  });

  test('alone, if it is larger than a batch may be', async () => {
    const { add, flushes, end, coalescer } = harness({ maxItems: 3, writers: 3 });
    const items = [add(3), add(25), add(3)];
    const closing = coalescer.close();
    expect(sizesOf(flushes)).toEqual([[3], [25], [3]]);
    for (const flush of flushes) await end(flush);
    await Promise.all([closing, ...items.map(({ done }) => done)]);
  });

  test('as soon as a writer is free, holding all that came meanwhile', async () => {
    const { add, flushes, end } = harness({ writers: 1 });
    const items = [add(10), add(4), add(3), add(2)];
    expect(sizesOf(flushes)).toEqual([[10]]);
    items.push(add(1));
    await end(flushes[0]);
    expect(sizesOf(flushes)).toEqual([[10], [4, 3, 2, 1]]);
    await end(flushes[1]);
    await Promise.all(items.map(({ done }) => done));
  });
});

describe('a failed flush', () => {
  test('rejects its own items with its error, and the next flush is not touched', async () => {
    const { add, flushes, end } = harness();
    const lost = [add(5), add(5)].map(({ done }) => done.catch((error: unknown) => error));
    const kept = add(10).done;
    const error = new Error('no');
    await end(flushes[0], error);
    await end(flushes[1]);
    expect(await Promise.all(lost)).toEqual([error, error]);
    await kept;
  });

  test('may throw at once instead of rejecting', async () => {
    const error = new Error('at once');
    const { add, coalescer } = harness({
      flush: () => {
        throw error;
      },
    });
    await expect(add(10).done).rejects.toBe(error);
    await coalescer.close();
  });
});

describe('closing', () => {
  test('an idle coalescer ends at once', async () => {
    await harness().coalescer.close();
  });

  test('flushes what waits and ends when every flush has ended, well or badly', async () => {
    const { add, flushes, end, coalescer } = harness({ writers: 1 });
    const items = [add(10), add(3)].map(({ done }) => done.catch(() => undefined));
    let closed = false;
    const closing = Promise.all([coalescer.close(), coalescer.close()]).then(() => {
      closed = true;
    });
    await end(flushes[0], new Error('no'));
    expect(sizesOf(flushes)).toEqual([[10], [3]]);
    expect(closed).toBe(false);
    await end(flushes[1]);
    await closing;
    await Promise.all(items);
  });

  test('takes items that still come, and flushes them at once', async () => {
    const { add, flushes, end, coalescer } = harness();
    await coalescer.close();
    const { done } = add(1);
    expect(sizesOf(flushes)).toEqual([[1]]);
    await end(flushes[0]);
    await done;
  });
});

type Step = { add: number } | { end: number; well: boolean } | 'grow old';

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ add: fc.integer({ min: 1, max: 14 }) }) },
  { weight: 3, arbitrary: fc.record({ end: fc.nat({ max: 3 }), well: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant('grow old' as const) },
);

const flushAfterMs = 2;

/** Timers of one length run in the order in which they were set, so ours runs after the coalescer's. */
const growOld = () => sleep(flushAfterMs);

test('under any load and any fate of the flushes each item is flushed exactly once, and settles as its flush does', async () => {
  const settings = fc.record({
    writers: fc.integer({ min: 1, max: 3 }),
    maxItems: fc.integer({ min: 1, max: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(settings, fc.array(step, { maxLength: 40 }), async (changes, steps) => {
      const { add, end, flushes, inFlight, coalescer } = harness({ ...changes, flushAfterMs });
      const added: { item: Item; outcome: Promise<string> }[] = [];
      const fates = new Map<number, string>();
      const check = () => {
        expect(inFlight().length).toBeLessThanOrEqual(changes.writers);
        for (const { items } of flushes) {
          const events = items.reduce((sum, { size }) => sum + size, 0);
          expect(items.length === 1 || events <= 10).toBe(true);
        }
      };
      const endOne = async (place: number, well: boolean) => {
        const flush = inFlight()[place % Math.max(1, inFlight().length)];
        if (!flush) return;
        for (const { id } of flush.items) fates.set(id, well ? 'stored' : 'failed');
        await end(flush, well ? undefined : new Error('failed'));
      };
      for (const one of steps) {
        if (one === 'grow old') {
          await growOld();
          const flushed = flushes.flatMap(({ items }) => items).length;
          // What is old leaves as long as a writer is free: nothing is left without a timer.
          expect(flushed === added.length || inFlight().length === changes.writers).toBe(true);
        } else if ('add' in one) {
          const { item, done } = add(one.add);
          const outcome = done.then(() => 'stored').catch((error: Error) => error.message);
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
      for (const { item, outcome } of added) expect(await outcome).toBe(fates.get(item.id));
    }),
    { numRuns: 150 },
  );
});
