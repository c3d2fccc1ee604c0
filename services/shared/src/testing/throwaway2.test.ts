import { expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { testRedis } from './test-redis.ts';
test('leaks redis', async () => {
  const r = new Redis(testRedis().url);
  expect(await r.ping()).toBe('PONG');
});
