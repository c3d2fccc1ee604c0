import type { Redis } from 'ioredis';
import { describeError } from '../lib/explain-error.ts';
import { parseInfo } from '../lib/redis-info.ts';
import { withRedis } from '../lib/with-redis.ts';
import { finding, type Finding } from './finding.ts';
import { checkClock } from './check-clock.ts';
import { checkRedis } from './check-redis.ts';

/** Examines Redis once. A Redis that is down is a finding too. */
export async function probeRedis(url: string): Promise<Finding[]> {
  try {
    return await withRedis(url, (redis) => evaluate(redis, new URL(url).host));
  } catch (error) {
    const { what, wayOut } = describeError(error);
    const change = wayOut ?? 'check --redis-url or REDIS_URL';
    return [finding('redis', 'fail', what, change)];
  }
}

async function evaluate(redis: Redis, host: string): Promise<Finding[]> {
  const info = parseInfo(await redis.info());
  const setting = (name: string) =>
    redis
      .config('GET', name)
      .then((pair) => (pair as string[])[1])
      .catch(() => undefined);
  const appendfsync = await setting('appendfsync');
  const minReplicas = await setting('min-replicas-to-write');
  const askedAtMs = Date.now();
  const [seconds, microseconds] = await redis.time();
  const theirsMs = Number(seconds) * 1_000 + Number(microseconds) / 1_000;
  return [
    finding('redis', 'ok', `answers at ${host}`, ''),
    ...checkRedis({ info, appendfsync, minReplicas }),
    checkClock('redis', { askedAtMs, theirsMs, answeredAtMs: Date.now() }),
  ];
}
