import { expect, test } from '@jest/globals';
import { TurnClock } from './turn-clock.ts';

const work = (ms: number) => () => {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
  return ms;
};

test('what is worked in one turn of the event loop adds up, and the next turn begins anew', async () => {
  const clock = new TurnClock(20);
  expect(clock.run(work(15))).toBe(15);
  expect(() =>
    clock.run(() => {
      work(10)();
      throw new Error('as work may');
    }),
  ).toThrow('as work may');
  expect(clock.isUsedUp).toBe(true);
  await new Promise((resolve) => setImmediate(resolve));
  expect(clock.isUsedUp).toBe(false);
});
