import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { startOwnRedis, type OwnServer } from '@event-platform/testkit/harness/own-servers';
import { createLogger } from './logger.ts';
import { createRequestRedis } from './redis.ts';
import { redisFailureOf, redisFailureFrom, type RedisFailureReason } from './redis-failure.ts';

// Each failure is one of a real Redis.
let server: OwnServer;
let admin: Redis;
let client: Redis;
beforeAll(async () => {
  server = await startOwnRedis({ maxmemory: '64mb' });
  admin = new Redis(server.url);
  admin.on('error', () => undefined);
  client = createRequestRedis(server.url, 1_000, createLogger('test', 'silent'));
  await new Promise((resolve) => client.once('ready', resolve));
});
afterAll(async () => {
  await Promise.all([client, admin].map((one) => eventually(() => one.ping())));
  await Promise.all([client.quit(), admin.quit()]);
  await server.remove();
});

async function reasonOf(work: () => Promise<unknown>): Promise<RedisFailureReason | 'none'> {
  return work().then(
    () => 'none',
    (error: unknown) => redisFailureOf(error).reason,
  );
}
/** How it sounds from within a script that goes on, as enqueue.lua does. */
async function reasonWithin(script: string): Promise<RedisFailureReason | 'none'> {
  const text = await admin.eval(
    `local ok, e = pcall(function() ${script} end)
     return ok and '' or (type(e) == 'table' and e.err or e)`,
    0,
  );
  return text === '' ? 'none' : redisFailureFrom(text as string).reason;
}
const set = () => client.set('k', 'v');
const setWithin = () => reasonWithin(`redis.call('SET', 'k', 'v')`);

describe('why Redis did not do it', () => {
  test('nothing, where it did', async () => {
    expect(await reasonOf(set)).toBe('none');
    expect(await setWithin()).toBe('none');
  });

  test('it is full', async () => {
    await admin.config('SET', 'maxmemory', '1');
    expect(await reasonOf(set)).toBe('memory');
    expect(await setWithin()).toBe('memory');
    await admin.config('SET', 'maxmemory', '64mb');
  });

  test('it wants more replicas than there are', async () => {
    await admin.config('SET', 'min-replicas-to-write', '1');
    expect(await reasonOf(set)).toBe('read_only');
    expect(await setWithin()).toBe('read_only');
    await admin.config('SET', 'min-replicas-to-write', '0');
  });

  test('we may not', async () => {
    await admin.call('ACL', 'SETUSER', 'default', '-set');
    expect(await reasonOf(set)).toBe('permission');
    expect(await setWithin()).toBe('permission');
    await admin.call('ACL', 'SETUSER', 'default', '+set');
  });

  test('the key is of another kind', async () => {
    expect(await reasonOf(() => client.hset('k', 'f', 'v'))).toBe('refused');
    expect(await reasonWithin(`redis.call('HSET', 'k', 'f', 'v')`)).toBe('refused');
  });

  test('it hangs', async () => {
    await server.kill('SIGSTOP');
    expect(await reasonOf(set)).toBe('timeout');
    await server.kill('SIGCONT');
  });

  test('it is gone', async () => {
    await server.stop();
    expect(await reasonOf(set)).toBe('unreachable');
    await server.start();
  });

  test('it was never sent: an error of this program', () => {
    expect(redisFailureOf(new TypeError('x is undefined')).reason).toBe('internal');
  });
});
