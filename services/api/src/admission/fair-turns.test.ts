import { expect, test } from '@jest/globals';
import { FairTurns } from './fair-turns.ts';

const turnOfTheLoop = () => new Promise((resolve) => setImmediate(resolve));

test('one at a time, and who waits with many comes in turn with who waits with one', async () => {
  const turns = new FairTurns();
  const order: string[] = [];
  let atOnce = 0;
  let most = 0;
  const visit = async (sender: string, name: string) => {
    const leave = await turns.enter(sender);
    order.push(name);
    most = Math.max(most, ++atOnce);
    await turnOfTheLoop();
    atOnce--;
    leave();
    leave();
  };
  const all = [1, 2, 3].map((at) => visit('much', `much ${at}`));
  await Promise.all([...all, visit('little', 'little'), visit('some', 'some')]);
  expect(order).toEqual(['much 1', 'little', 'some', 'much 2', 'much 3']);
  expect(most).toBe(1);
  expect(turns.length).toBe(0);
  await visit('late', 'late');
  expect(order.at(-1)).toBe('late');
});

test('between two of them the event loop goes on', async () => {
  const turns = new FairTurns();
  let others = 0;
  const other = () => {
    others++;
    timer = setImmediate(other);
  };
  let timer = setImmediate(other);
  const seen: number[] = [];
  await Promise.all(
    Array.from({ length: 5 }, async () => {
      const leave = await turns.enter('a');
      seen.push(others);
      leave();
    }),
  );
  clearImmediate(timer);
  expect(new Set(seen).size).toBe(5);
});
