import { Redis } from 'ioredis';
import { describeError } from '../lib/explain-error.ts';
import { finding, type Finding } from './finding.ts';
import { judgeClock } from './judge-clock.ts';
import { judgeRedis } from './judge-redis.ts';

const timeoutMs = 3_000;

/** Looks at Redis once. That it is away is a finding too. */
export async function probeRedis(url: string): Promise<Finding[]> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // The error of connect() says nothing of the cause; this one does.
  let cause: unknown;
  redis.on('error', (error: Error) => (cause = error));
  try {
    await redis.connect();
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
      finding('redis', 'ok', `answers at ${new URL(url).host}`, ''),
      ...judgeRedis({ info, appendfsync, minReplicas }),
      judgeClock('redis', { askedAtMs, theirsMs, answeredAtMs: Date.now() }),
    ];
  } catch (error) {
    const { what, wayOut } = describeError(cause ?? error);
    const change = wayOut ?? 'check --redis-url or REDIS_URL';
    return [finding('redis', 'fail', what, change)];
  } finally {
    redis.disconnect();
  }
}

/** `name:value` lines; headings start with a hash. */
function parseInfo(text: string): Map<string, string> {
  const pairs = text
    .split('\r\n')
    .filter((line) => line.includes(':') && !line.startsWith('#'))
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)] as const);
  return new Map(pairs);
}
