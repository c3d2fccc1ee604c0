import { afterAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { createScript } from './redis-script.ts';

const corner = testRedis();
const redis = new Redis(corner.url);
afterAll(async () => {
  await redis.quit();
  await corner.cleanup();
});

/** A script of its own for each test: others share this Redis. */
const named = (name: string) => `-- ${corner.prefix} ${name}
return {KEYS[1], ARGV[1], #ARGV}`;

test('a script runs that Redis has never seen, and one that it has forgotten', async () => {
  const run = createScript<unknown[]>(redis, named('forgotten'));
  expect(await run(['key'], ['value', 2])).toEqual(['key', 'value', 2]);
  await redis.script('FLUSH');
  expect(await run(['key'], ['value'])).toEqual(['key', 'value', 1]);
});

test('calls that are under way while scripts are lost all run, once each', async () => {
  const counter = `${corner.prefix}counter`;
  const run = createScript<number>(redis, `return redis.call('INCR', KEYS[1])`);
  const other = redis.duplicate();
  const calls: Promise<number>[] = [];
  for (let round = 0; round < 200; round += 1) {
    calls.push(run([counter], []), run([counter], []));
    await other.script('FLUSH');
  }
  await Promise.all(calls);
  await other.quit();
  expect(await redis.get(counter)).toBe('400');
});

test('bytes arrive as they are, and so do a hundred thousand arguments', async () => {
  const bytes = Buffer.from([0, 255, 128, 10]);
  const run = createScript<number[]>(redis, `return {#ARGV, string.byte(ARGV[1], 1, 4)}`);
  const many = [bytes, ...Array.from({ length: 100_000 }, () => 'x')];
  expect(await run([], many)).toEqual([100_001, 0, 255, 128, 10]);
});

test('what a script raises is the error of the call', async () => {
  const run = createScript(redis, `return redis.call('HGET', KEYS[1])`);
  await expect(run(['key'], [])).rejects.toThrow(/number of args/);
});
