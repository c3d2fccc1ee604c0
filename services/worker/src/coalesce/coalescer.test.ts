import { describe, expect, test } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { manualCoalescer, type Flush } from '../testing/manual-coalescer.ts';

const sizesOf = (flushes: Flush[]) => flushes.map((flush) => flush.items.map(({ size }) => size));

describe('a batch is flushed', () => {
  test('when it is full', async () => {
    const { add, flushes, end } = manualCoalescer();
    const items = [add(4), add(5)];
    expect(flushes).toHaveLength(0);
    items.push(add(1));
    expect(sizesOf(flushes)).toEqual([[4, 5, 1]]);
    await end(flushes[0]);
    await Promise.all(items.map(({ done }) => done));
  });

  test('when its bytes are many, however few its events', async () => {
    const { add, flushes, end } = manualCoalescer();
    const items = [add(1, 600), add(1, 399)];
    expect(flushes).toHaveLength(0);
    items.push(add(1, 1));
    expect(sizesOf(flushes)).toEqual([[1, 1, 1]]);
    await end(flushes[0]);
    await Promise.all(items.map(({ done }) => done));
  });

  test('alone, if it has more bytes than a batch may have', async () => {
    const { add, flushes, end, coalescer } = manualCoalescer({ maxItems: 3, writers: 3 });
    const items = [add(1, 300), add(2, 5_000), add(3, 300)];
    const closing = coalescer.close();
    expect(sizesOf(flushes)).toEqual([[1], [2], [3]]);
    for (const flush of flushes) await end(flush);
    await Promise.all([closing, ...items.map(({ done }) => done)]);
  });

  test('when its first item has waited long enough', async () => {
    const { coalescer, end, flushes, add } = manualCoalescer({ flushAfterMs: 5 });
    const { done } = add(1);
    expect(flushes).toHaveLength(0);
    while (flushes.length === 0) await nextTurn();
    await end(flushes[0]);
    await done;
    await coalescer.close();
  });

  test('and the next one starts anew, however old the last one was', async () => {
    const { coalescer, end, flushes, add } = manualCoalescer({ flushAfterMs: 5 });
    const old = add(1);
    while (flushes.length === 0) await nextTurn();
    await end(flushes[0]);
    const young = add(1);
    expect(flushes).toHaveLength(1);
    const closing = coalescer.close();
    await end(flushes[1]);
    await Promise.all([closing, old.done, young.done]);
  });

  test('when no further item can come', async () => {
    const { add, flushes, end } = manualCoalescer({ maxItems: 3 });
    const items = [add(1), add(1), add(1)];
    expect(sizesOf(flushes)).toEqual([[1, 1, 1]]);
    await end(flushes[0]);
    await Promise.all(items.map(({ done }) => done));
  });

  test('alone, if it is larger than a batch may be', async () => {
    const { add, flushes, end, coalescer } = manualCoalescer({ maxItems: 3, writers: 3 });
    const items = [add(3), add(25), add(3)];
    const closing = coalescer.close();
    expect(sizesOf(flushes)).toEqual([[3], [25], [3]]);
    for (const flush of flushes) await end(flush);
    await Promise.all([closing, ...items.map(({ done }) => done)]);
  });

  test('as soon as a writer is free, holding all that came meanwhile', async () => {
    const { add, flushes, end } = manualCoalescer({ writers: 1 });
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
    const { add, flushes, end } = manualCoalescer();
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
    const { add, coalescer } = manualCoalescer({
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
    await manualCoalescer().coalescer.close();
  });

  test('flushes what waits and ends when every flush has ended, well or badly', async () => {
    const { add, flushes, end, coalescer } = manualCoalescer({ writers: 1 });
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
    const { add, flushes, end, coalescer } = manualCoalescer();
    await coalescer.close();
    const { done } = add(1);
    expect(sizesOf(flushes)).toEqual([[1]]);
    await end(flushes[0]);
    await done;
  });
});
