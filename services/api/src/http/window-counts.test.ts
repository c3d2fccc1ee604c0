import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { WindowCounts } from './window-counts.ts';

const windowMs = 100;

test('a key counts as in a model that keeps every count, whatever the order of keys and times', () => {
  const step = fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    amount: fc.nat(5),
    waitMs: fc.nat(60),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
      const counts = new WindowCounts(windowMs);
      const model = new Map<string, { amount: number; endsAtMs: number }>();
      let nowMs = 0;
      for (const { key, amount, waitMs } of steps) {
        nowMs += waitMs;
        const open = model.get(key);
        const window =
          open && open.endsAtMs > nowMs ? open : { amount: 0, endsAtMs: nowMs + windowMs };
        window.amount += amount;
        model.set(key, window);
        const expected = { amount: window.amount, resetMs: window.endsAtMs - nowMs };
        expect(counts.add(key, amount, nowMs)).toEqual(expected);
        expect(counts.read(key, nowMs)).toBe(window.amount);
        expect(counts.read(key, window.endsAtMs)).toBe(0);
      }
    }),
  );
});

test('it holds at most so many keys, and drops the one with the oldest window', () => {
  const counts = new WindowCounts(windowMs, 2);
  for (const [nowMs, key] of ['a', 'b', 'c'].entries()) counts.add(key, 1, nowMs);
  expect(counts.size).toBe(2);
  expect(['a', 'b', 'c'].map((key) => counts.read(key, 3))).toEqual([0, 1, 1]);
});

test('windows that have ended are dropped before the bound is reached', () => {
  const counts = new WindowCounts(windowMs);
  for (let key = 0; key < 1_000; key++) counts.add(String(key), 1, key);
  expect(counts.size).toBe(windowMs);
});
