import { describe, expect, test } from '@jest/globals';
import { Batcher } from './batcher.ts';

/** Calls in progress, to be ended by the test. */
interface Call {
  items: number[];
  end: () => void;
  fail: (error: Error) => void;
}

function batcher(
  maxItems = 100,
  bound: { sizeOf?: (item: number) => number; maxSize?: number } = {},
) {
  const calls: Call[] = [];
  const send = (items: number[]) => {
    const { promise, resolve, reject } = Promise.withResolvers<number[]>();
    calls.push({ items, end: () => resolve(items.map((item) => item * 2)), fail: reject });
    return promise;
  };
  return { calls, batcher: new Batcher<number, number>({ send, maxItems, ...bound }) };
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** Waits for everything that does not depend on the end of a call. */
const settle = async () => {
  for (let turn = 0; turn < 6; turn++) await nextTurn();
};

describe('a batcher', () => {
  test('makes one call for the items of one turn, and returns to each its own answer', async () => {
    const { calls, batcher: requests } = batcher();
    const answers = Promise.all([1, 2, 3].map((item) => requests.add(item)));
    await settle();
    expect(calls.map(({ items }) => items)).toEqual([[1, 2, 3]]);
    calls[0]?.end();
    expect(await answers).toEqual([2, 4, 6]);
  });

  test('does not wait when a turn brings nothing more', async () => {
    const { calls, batcher: requests } = batcher();
    void requests.add(1);
    await nextTurn();
    expect(calls.map(({ items }) => items)).toEqual([[1]]);
  });

  test('includes what the next turns bring, but a stream of items does not delay it', async () => {
    const { calls, batcher: requests } = batcher();
    void requests.add(0);
    for (let item = 1; item <= 20; item++) {
      void requests.add(item);
      await nextTurn();
    }
    expect(calls.map(({ items }) => items)).toEqual([[0, 1, 2, 3, 4]]);
  });

  test('collects items during a call for the next one', async () => {
    const { calls, batcher: requests } = batcher();
    const answers: Promise<number>[] = [];
    for (let item = 1; item <= 4; item++) {
      answers.push(requests.add(item));
      await settle();
    }
    expect(calls.map(({ items }) => items)).toEqual([[1]]);
    calls[0]?.end();
    await settle();
    expect(calls.map(({ items }) => items)).toEqual([[1], [2, 3, 4]]);
    calls[1]?.end();
    expect(await Promise.all(answers)).toEqual([2, 4, 6, 8]);
  });

  test('splits what does not fit into one call', async () => {
    const { calls, batcher: requests } = batcher(2);
    const answers = Promise.all([1, 2, 3, 4, 5].map((item) => requests.add(item)));
    for (let call = 0; call < 3; call++) {
      await settle();
      calls[call]?.end();
    }
    expect(calls.map(({ items }) => items)).toEqual([[1, 2], [3, 4], [5]]);
    expect(await answers).toEqual([2, 4, 6, 8, 10]);
  });

  test('splits what is too large for one call, and makes a call of its own for what is too large for any', async () => {
    const { calls, batcher: requests } = batcher(100, {
      sizeOf: (item) => item,
      maxSize: 10,
    });
    const answers = Promise.all([4, 6, 1, 50, 9, 1, 1].map((item) => requests.add(item)));
    for (let call = 0; call < 5; call++) {
      await settle();
      calls[call]?.end();
    }
    expect(calls.map(({ items }) => items)).toEqual([[4, 6], [1], [50], [9, 1], [1]]);
    expect(await answers).toEqual([8, 12, 2, 100, 18, 2, 2]);
  });

  test('a call that fails rejects its own items only', async () => {
    const { calls, batcher: requests } = batcher();
    const first = requests.add(1);
    await settle();
    const second = requests.add(2);
    calls[0]?.fail(new Error('unavailable'));
    await expect(first).rejects.toThrow('unavailable');
    await settle();
    calls[1]?.end();
    expect(await second).toBe(4);
  });

  test('is idle once every item has its answer', async () => {
    const { calls, batcher: requests } = batcher();
    await requests.idle();
    void requests.add(1);
    let isIdle = false;
    const idle = requests.idle().then(() => (isIdle = true));
    await settle();
    void requests.add(2);
    calls[0]?.end();
    await settle();
    expect(isIdle).toBe(false);
    calls[1]?.end();
    await idle;
  });
});
