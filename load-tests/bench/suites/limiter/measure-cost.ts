import { createHistogram } from 'node:perf_hooks';
import type { Redis } from 'ioredis';
import { parseRedisInfo } from '../../report/conditions.ts';
import { createLimiters, type ComparedLimiter, type LimiterName } from './limiters.ts';

/** What one limiter costs for requests of one size. */
export interface Cost {
  limiter: LimiterName;
  eventsPerRequest: number;
  /** Redis' own time for each request, in microseconds: it has one thread for everybody. */
  redisMicros: number;
  /** Round trips for each request. */
  calls: number;
  /** Of a closed loop over one connection. */
  requestsPerSecond: number;
  p99Ms: number;
}

const concurrency = 64;
const accounts = 20;
const sizes = [
  { eventsPerRequest: 1, requests: 20_000 },
  { eventsPerRequest: 100, requests: 4_000 },
];

/** Asks every limiter the same, one after the other, on an emptied Redis. */
export async function measureCost(redis: Redis, signal: AbortSignal): Promise<Cost[]> {
  const limiters = createLimiters({
    redis,
    prefix: '{compared}',
    windowSeconds: 60,
    limit: 600_000,
  });
  const results: Cost[] = [];
  for (const { eventsPerRequest, requests } of sizes) {
    for (const limiter of limiters) {
      signal.throwIfAborted();
      await drive(limiter, eventsPerRequest, requests / 10);
      await redis.flushall();
      await redis.config('RESETSTAT');
      const driven = await drive(limiter, eventsPerRequest, requests);
      const { calls, micros } = await readScriptStats(redis);
      results.push({
        limiter: limiter.name,
        eventsPerRequest,
        redisMicros: micros / requests,
        calls: calls / requests,
        ...driven,
      });
    }
  }
  return results;
}

async function drive(limiter: ComparedLimiter, events: number, requests: number) {
  const micros = createHistogram();
  const startedAtMs = performance.now();
  let next = 0;
  const loop = async () => {
    while (next < requests) {
      const account = accountOf(next++);
      const sentMs = performance.now();
      if (!(await limiter.admit(account, events))) throw new Error(`${limiter.name} refuses.`);
      micros.record(Math.max(1, Math.round((performance.now() - sentMs) * 1_000)));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, loop));
  const seconds = (performance.now() - startedAtMs) / 1_000;
  return { requestsPerSecond: requests / seconds, p99Ms: micros.percentile(99) / 1_000 };
}

function accountOf(index: number): string {
  return `account-${index % accounts}`;
}

/** All limiters are scripts: their calls, and Redis' time in them. */
async function readScriptStats(redis: Redis): Promise<{ calls: number; micros: number }> {
  const info = parseRedisInfo(await redis.info('commandstats'));
  const stats = ['cmdstat_evalsha', 'cmdstat_eval'].map((name) => info[name] ?? '');
  const sum = (field: string) =>
    stats.reduce(
      (total, text) => total + Number(new RegExp(`\\b${field}=(\\d+)`).exec(text)?.[1] ?? 0),
      0,
    );
  return { calls: sum('calls'), micros: sum('usec') };
}
