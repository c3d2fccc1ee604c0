import { Redis } from 'ioredis';
import { isNoDatabase } from '@event-platform/core/platform/redis-refusal';
import { CliError } from './cli-error.ts';

const timeoutMs = 3_000;

/**
 * Connects to Redis for one piece of work of a command, and disconnects after it. Nothing is tried twice.
 *
 * @throws what kept Redis from answering, else what `work` throws
 */
export async function withRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // The error of connect() says nothing of the cause; this one does.
  let cause: Error | undefined;
  redis.on('error', (error: Error) => (cause = error));
  try {
    await redis.connect();
    // It is connected all the same, to database 0.
    if (cause && isNoDatabase(cause)) {
      throw new CliError(
        `Redis has no such database (${cause.message}): check the end of REDIS_URL`,
      );
    }
    return await work(redis);
  } catch (error) {
    throw error instanceof CliError ? error : (cause ?? error);
  } finally {
    redis.disconnect();
  }
}
