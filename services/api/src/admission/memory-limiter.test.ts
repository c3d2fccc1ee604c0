import { expect, test } from '@jest/globals';
import { MemoryLimiter } from './memory-limiter.ts';

test('an account gets its share of the limit, and the time until its next window begins', () => {
  const limiter = new MemoryLimiter(2);
  expect(limiter.take('a', 5, 10, 1_000)).toMatchObject({ isWithinShare: true });
  const denied = limiter.take('a', 1, 10, 31_000);
  expect(denied).toEqual({ isWithinShare: false, isWithinLimit: true, retryMs: 30_000 });
  expect(limiter.take('a', 5, 10, 31_000)).toMatchObject({ isWithinLimit: false });
  expect(limiter.take('b', 1, 10, 31_000)).toMatchObject({ isWithinShare: true });
  expect(limiter.take('a', 5, 10, 61_000)).toMatchObject({ isWithinShare: true });
});

test('what an account has counted stays when its limit changes', () => {
  const limiter = new MemoryLimiter(1);
  limiter.take('a', 8, 10, 0);
  expect(limiter.take('a', 1, 8, 0)).toMatchObject({ isWithinShare: false });
  expect(limiter.take('a', 1, 100, 0)).toMatchObject({ isWithinShare: true });
});

test('however many distinct limits there are, it keeps one count for each account', () => {
  const limiter = new MemoryLimiter(3);
  for (let limit = 1; limit <= 1_000; limit += 1) limiter.take('a', 1, limit, 0);
  expect(limiter.take('a', 0, 1_000, 0)).toMatchObject({ isWithinLimit: true });
  expect(limiter.take('a', 0, 999, 0)).toMatchObject({ isWithinLimit: false });
});
