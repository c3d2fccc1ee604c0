import type { Redis } from 'ioredis';

/**
 * Ends a client for good, whether Redis is there or not. ioredis gives its connection two seconds to
 * close, also one that was closed long ago, while it waits to connect again: that timer would keep the
 * process.
 */
export function closeRedis(redis: Redis): void {
  // Undefined before the first attempt to connect, whatever its type says.
  const stream = redis.stream as Redis['stream'] | undefined;
  redis.disconnect();
  // A closed connection will not say so again, and this is what the timer ends at.
  if (stream?.closed) stream.emit('close');
}
