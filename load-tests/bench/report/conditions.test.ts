import { expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { parseRedisInfo, serverVersion } from './conditions.ts';

test('what a real server says of itself is read field by field', async () => {
  const corner = testRedis();
  const redis = new Redis(corner.url);
  const info = parseRedisInfo(await redis.info());
  await redis.quit();
  await corner.cleanup();
  expect(info).toMatchObject({ tcp_port: new URL(corner.url).port });
  expect(Number(info['process_id'])).toBeGreaterThan(0);
  expect(Object.values(serverVersion(info))[0]).toMatch(/^\d+\.\d+\.\d+/);
});

test('values keep their colons, headings and empty lines are no fields', () => {
  expect(parseRedisInfo('# Server\r\nexecutable:/a:b\r\n\r\nempty:\r\n')).toEqual({
    executable: '/a:b',
    empty: '',
  });
});

test('Valkey is named as what it is', () => {
  const both = { redis_version: '7.2.4', valkey_version: '9.1.2' };
  expect(serverVersion(both)).toEqual({ valkey_version: '9.1.2' });
  expect(serverVersion({ redis_version: '8.0.1' })).toEqual({ redis_version: '8.0.1' });
});
