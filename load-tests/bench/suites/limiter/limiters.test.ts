import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { testRedis, type TestRedis } from '@event-platform/testkit/harness/test-redis';
import { createLimiters, limiterNames } from './limiters.ts';

let area: TestRedis;
let redis: Redis;
beforeAll(async () => {
  area = testRedis();
  redis = new Redis(area.url);
  await redis.ping();
});
afterAll(async () => {
  await redis.quit();
  await area.cleanup();
});

test.each(limiterNames)('the %s grants exactly its limit within one window', async (name) => {
  const limiters = createLimiters({ redis, prefix: area.prefix, windowSeconds: 60, limit: 1_000 });
  const limiter = limiters.find((one) => one.name === name);
  const answers = await Promise.all(
    Array.from({ length: 300 }, async () => limiter?.admit(`account ${name}`, 7)),
  );
  expect(answers.filter(Boolean)).toHaveLength(Math.floor(1_000 / 7));
  const bytes = await redis.memory('USAGE', limiter?.keyOf(`account ${name}`) ?? '');
  expect(bytes).toBeGreaterThan(0);
});
