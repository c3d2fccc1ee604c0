import { expect, test } from '@jest/globals';
import { MemoryLimiter } from './memory-limiter.ts';

test('an account gets its share of the limit, and is told when the next window begins', async () => {
  const limiter = new MemoryLimiter(2);
  expect(await limiter.take('a', 5, 10)).toMatchObject({ isWithinShare: true });
  const denied = await limiter.take('a', 1, 10);
  expect(denied).toMatchObject({ isWithinShare: false, isWithinLimit: true });
  expect(denied.retryMs).toBeGreaterThan(0);
  expect(denied.retryMs).toBeLessThanOrEqual(60_000);
  expect(await limiter.take('a', 5, 10)).toMatchObject({ isWithinLimit: false });
  expect(await limiter.take('b', 1, 10)).toMatchObject({ isWithinShare: true });
});

test('what an account has counted stays when its limit changes', async () => {
  const limiter = new MemoryLimiter(1);
  await limiter.take('a', 8, 10);
  expect(await limiter.take('a', 1, 8)).toMatchObject({ isWithinShare: false });
  expect(await limiter.take('a', 1, 100)).toMatchObject({ isWithinShare: true });
});

test('however many distinct limits there are, it keeps one count for each account', async () => {
  const limiter = new MemoryLimiter(3);
  for (let limit = 1; limit <= 1_000; limit += 1) await limiter.take('a', 1, limit);
  expect(await limiter.take('a', 0, 1_000)).toMatchObject({ isWithinLimit: true });
  expect(await limiter.take('a', 0, 999)).toMatchObject({ isWithinLimit: false });
});
