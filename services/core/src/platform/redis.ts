import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from './logger.ts';
import { isNoDatabase } from './redis-refusal.ts';

/** Reconnects for ever, quickly at first, never slower than once a second. */
const retryStrategy = (attempt: number) => Math.min(50 * 2 ** Math.min(attempt, 5), 1_000);

const shared: RedisOptions = {
  retryStrategy,
  connectTimeout: 5_000,
  enableReadyCheck: true,
  // Redis answers READONLY after a failover until the client reconnects to the new primary.
  reconnectOnError: (error) => error.message.startsWith('READONLY'),
};

/**
 * A client for the path of a request: without Redis it fails at once instead of queueing commands,
 * and a command that hangs is given up after `commandTimeoutMs`.
 */
export function createRequestRedis(url: string, commandTimeoutMs: number, logger: Logger): Redis {
  const redis = new Redis(url, {
    ...shared,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: commandTimeoutMs,
  });
  return observed(redis, logger);
}

/** A client for a BullMQ worker, which waits for Redis as long as it takes. */
export function createWorkerRedis(url: string, logger: Logger): Redis {
  return observed(new Redis(url, { ...shared, maxRetriesPerRequest: null }), logger);
}

/** Logs the edges of an outage, not each failed attempt in between. */
function observed(redis: Redis, logger: Logger): Redis {
  let down = false;
  redis.on('error', (error: Error) => {
    // Before it is ready, and so before anything is sent to a database that is not meant.
    if (isNoDatabase(error)) redis.disconnect(true);
    if (!down) logger.warn({ err: error }, 'Redis is unavailable');
    down = true;
  });
  redis.on('ready', () => {
    if (down) logger.info('Redis is back');
    down = false;
  });
  return redis;
}
