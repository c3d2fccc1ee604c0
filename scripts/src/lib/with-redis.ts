import { Redis } from 'ioredis';

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
    return await work(redis);
  } catch (error) {
    throw cause ?? error;
  } finally {
    redis.disconnect();
  }
}
