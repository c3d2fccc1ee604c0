import { eventually } from '@event-platform/testkit/harness/eventually';
import { createTestDatabase } from '@event-platform/testkit/harness/test-database';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { createLogger, type Logger } from '@event-platform/core/platform/logger';
import { parseApiConfig } from '../config/config.ts';
import { startApi } from '../start-api.ts';

export interface TestApi {
  url: string;
  databaseUrl: string;
  redisUrl: string;
  redisPrefix: string;
  /** Ends the api and removes its database and keys. */
  stop: () => Promise<void>;
}

/**
 * Starts an api on a free port with a database and a Redis prefix of its own, or on the servers that
 * the environment names.
 */
export async function startTestApi(
  env: Record<string, string> = {},
  logger: Logger = createLogger('api', 'silent'),
): Promise<TestApi> {
  const database = env['DATABASE_URL'] === undefined ? await createTestDatabase() : undefined;
  const redis = testRedis();
  const config = parseApiConfig({
    DATABASE_URL: database?.url,
    REDIS_URL: redis.url,
    REDIS_PREFIX: redis.prefix,
    AUTH: 'off',
    HOST: '127.0.0.1',
    PORT: '0',
    SHUTDOWN_DEADLINE_MS: '5000',
    // A machine under load is no outage: tests that mean one say so.
    REDIS_TIMEOUT_MS: '10000',
    ...env,
  });
  const api = await startApi(config, logger);
  const url = `http://127.0.0.1:${api.port}`;
  // An api is up before its connections are; the first requests would take the way of an outage.
  if (config.REDIS_URL === redis.url) await eventually(() => isRedisUp(url));
  return {
    url,
    databaseUrl: config.DATABASE_URL,
    redisUrl: config.REDIS_URL,
    redisPrefix: config.REDIS_PREFIX,
    async stop() {
      await api.stop();
      await database?.drop();
      if (config.REDIS_URL === redis.url) await redis.cleanup();
    },
  };
}

async function isRedisUp(url: string): Promise<boolean> {
  const response = await fetch(`${url}/healthz/ready`);
  return ((await response.json()) as { redis?: string }).redis === 'up';
}
