import { describe, expect, test } from '@jest/globals';
import { Batcher } from './batcher.ts';

/** Calls that are under way, to be ended by hand. */
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

/** Lets everything happen that needs no end of a call. */
const settle = async () => {
  for (let turn = 0; turn < 6; turn++) await nextTurn();
};

describe('a gatherer', () => {
  test('asks once for what comes in one turn, and gives each its own answer', async () => {
    const { calls, batcher: admissionClient } = batcher();
    const answers = Promise.all([1, 2, 3].map((item) => admissionClient.ask(item)));
    await settle();
    expect(calls.map(({ items }) => items)).toEqual([[1, 2, 3]]);
    calls[0]?.end();
    expect(await answers).toEqual([2, 4, 6]);
  });

  test('waits for nobody when a turn brings nothing more', async () => {
    const { calls, batcher: admissionClient } = batcher();
    void admissionClient.ask(1);
    await nextTurn();
    expect(calls.map(({ items }) => items)).toEqual([[1]]);
  });

  test('takes along what the next turns bring, but lets no stream of items hold it up', async () => {
    const { calls, batcher: admissionClient } = batcher();
    void admissionClient.ask(0);
    for (let item = 1; item <= 20; item++) {
      void admissionClient.ask(item);
      await nextTurn();
    }
    expect(calls.map(({ items }) => items)).toEqual([[0, 1, 2, 3, 4]]);
  });

  test('gathers while its call is under way', async () => {
    const { calls, batcher: admissionClient } = batcher();
    const answers: Promise<number>[] = [];
    for (let item = 1; item <= 4; item++) {
      answers.push(admissionClient.ask(item));
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
    const { calls, batcher: admissionClient } = batcher(2);
    const answers = Promise.all([1, 2, 3, 4, 5].map((item) => admissionClient.ask(item)));
    for (let call = 0; call < 3; call++) {
      await settle();
      calls[call]?.end();
    }
    expect(calls.map(({ items }) => items)).toEqual([[1, 2], [3, 4], [5]]);
    expect(await answers).toEqual([2, 4, 6, 8, 10]);
  });

  test('splits what is too large for one call, and sends alone what is too large for any', async () => {
    const { calls, batcher: admissionClient } = batcher(100, {
      sizeOf: (item) => item,
      maxSize: 10,
    });
    const answers = Promise.all([4, 6, 1, 50, 9, 1, 1].map((item) => admissionClient.ask(item)));
    for (let call = 0; call < 5; call++) {
      await settle();
      calls[call]?.end();
    }
    expect(calls.map(({ items }) => items)).toEqual([[4, 6], [1], [50], [9, 1], [1]]);
    expect(await answers).toEqual([8, 12, 2, 100, 18, 2, 2]);
  });

  test('a call that fails fails its own items, and the next ones are asked', async () => {
    const { calls, batcher: admissionClient } = batcher();
    const first = admissionClient.ask(1);
    await settle();
    const second = admissionClient.ask(2);
    calls[0]?.fail(new Error('away'));
    await expect(first).rejects.toThrow('away');
    await settle();
    calls[1]?.end();
    expect(await second).toBe(4);
  });
});
