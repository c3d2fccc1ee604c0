import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import type { z } from 'zod';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { startOwnRedis, type OwnServer } from '@event-platform/testkit/harness/own-servers';
import { commonConfig } from './common-config.ts';
import { ConfigError, parseEnv } from './env.ts';
import { createLogger } from './logger.ts';
import { createRequestRedis, createWorkerRedis } from './redis.ts';
import { redisUrlOf, type RedisAddress } from './redis-url.ts';

/** Everything that means something in a URL, a shell, a chart or a percent-encoding. */
const oddPassword = `p/@:#?%41%zz&=+ $(X)\${Y}"'\\<>[]{}|^~\`ü€🔑`;
const oddUser = 'te/am@%20ü';
const logger = createLogger('test', 'silent');

describe('a password that is not fit for a URL', () => {
  let server: OwnServer;
  let byUser: RedisAddress;
  let byDefault: RedisAddress;
  beforeAll(async () => {
    server = await startOwnRedis();
    const admin = new Redis(server.url);
    await admin.acl('SETUSER', oddUser, 'on', `>${oddPassword}`, '~*', '+@all');
    await admin.config('SET', 'requirepass', oddPassword);
    admin.disconnect();
    byDefault = { REDIS_URL: `${server.url}/2`, REDIS_PASSWORD: oddPassword };
    byUser = { ...byDefault, REDIS_USERNAME: oddUser };
  });
  afterAll(() => server.remove());

  test('opens Redis as the default user, in the database of the URL', async () => {
    const redis = createWorkerRedis(redisUrlOf(byDefault), logger);
    await redis.set('where', 'here');
    expect(String(await redis.client('LIST'))).toMatch(/db=2 .*cmd=client/);
    redis.disconnect();
  });

  test('opens Redis as a user of its own, whatever the URL says', async () => {
    const [, address] = server.url.split('//');
    const wrong = { ...byUser, REDIS_URL: `redis://somebody:else@${address}` };
    const redis = createRequestRedis(redisUrlOf(wrong), 5_000, logger);
    await new Promise((resolve) => redis.once('ready', resolve));
    expect(await redis.acl('WHOAMI')).toBe(oddUser);
    redis.disconnect();
  });

  test('is what Redis asked for: another one is refused', async () => {
    const wrong = redisUrlOf({ ...byUser, REDIS_PASSWORD: `${oddPassword}x` });
    const redis = new Redis(wrong, { enableReadyCheck: false, retryStrategy: () => null });
    const errors: Error[] = [];
    redis.on('error', (error) => errors.push(error));
    await eventually(() => expect(String(errors[0])).toMatch(/WRONGPASS/));
    await eventually(() => redis.status === 'end');
  });
});

describe('REDIS_URL', () => {
  const { REDIS_URL, REDIS_USERNAME, REDIS_PASSWORD } = commonConfig;
  const parse = (env: Record<string, string>) =>
    parseEnv({ REDIS_URL, REDIS_USERNAME, REDIS_PASSWORD } satisfies z.ZodRawShape, env);

  test('stays as it is where no variable of its own names user or password', () => {
    const url = 'rediss://:p%40ss@h:6380/3?family=6';
    expect(redisUrlOf(parse({ REDIS_URL: url, REDIS_PASSWORD: '' }))).toBe(url);
  });

  test('keeps the part that has no variable of its own', () => {
    const REDIS_URL = 'redis://u:p@h:1/0';
    expect(redisUrlOf({ REDIS_URL, REDIS_PASSWORD: 'q' })).toBe('redis://u:q@h:1/0');
    expect(redisUrlOf({ REDIS_URL, REDIS_USERNAME: 'v' })).toBe('redis://v:p@h:1/0');
  });

  test.each(['redis://:se/cret@h:1', 'redis://:se%cret@h', 'redis://', 'http://:secret@h'])(
    'that no client can read is refused in one line, without its value: %s',
    (url) => {
      const message = (() => {
        try {
          parse({ REDIS_URL: url });
        } catch (error) {
          if (error instanceof ConfigError) return error.message;
          throw error;
        }
        return 'it passed';
      })();
      expect(message).toMatch(/^REDIS_URL: (is not a URL|starts with|names no host).*$/);
      expect(message).not.toMatch(/cret/);
    },
  );
});
