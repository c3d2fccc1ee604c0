import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { queueKeys } from '@event-platform/core/platform/queue-names';
import { AdmissionClient } from '@event-platform/api/admission/admission-client';

/** A limiter as it is compared: asks whether so many events of an account may pass now. */
export interface ComparedLimiter {
  name: LimiterName;
  /** What it is, in a few words. */
  description: string;
  admit: (account: string, events: number) => Promise<boolean>;
  /** The Redis key that holds an account's state. */
  keyOf: (account: string) => string;
}

export const limiterNames = ['window of 61 slots', 'fixed window', 'exact log'] as const;
export type LimiterName = (typeof limiterNames)[number];

export interface LimiterSettings {
  redis: Redis;
  /** Of every key. */
  prefix: string;
  /** Whole seconds, since the fixed window knows no others. */
  windowSeconds: number;
  /** Events a window. */
  limit: number;
}

/** Larger than any backlog here: the limits behind this one refuse nothing. */
const unlimited = 2 ** 31 - 1;

/** All three, with keys of their own. */
export function createLimiters(settings: LimiterSettings): ComparedLimiter[] {
  return [slidingWindow(settings), fixedWindow(settings), exactLog(settings)];
}

/** The platform's, with everything that its script does: backlog limit and fair tag as well. */
function slidingWindow({ redis, prefix, windowSeconds, limit }: LimiterSettings): ComparedLimiter {
  const keys = queueKeys(prefix, 'events');
  const admissionClient = new AdmissionClient({
    redis,
    keys,
    windowMs: windowSeconds * 1_000,
    maxPendingInAll: unlimited,
    tagUnit: 16,
    maxPriority: 2_000_000,
  });
  return {
    name: 'window of 61 slots',
    description: 'the platform’s: also backlog limit and fair tag; many requests share a call',
    async admit(accountId, cost) {
      const answer = await admissionClient.admit({
        accountId,
        cost,
        limit,
        maxPending: unlimited,
        weight: 1,
      });
      if (answer.decision === 'unavailable') throw new Error(answer.failure.words);
      return answer.decision === 'admitted';
    },
    keyOf: keys.limit,
  };
}

function fixedWindow({ redis, prefix, windowSeconds, limit }: LimiterSettings): ComparedLimiter {
  const limiter = new RateLimiterRedis({
    storeClient: redis,
    points: limit,
    duration: windowSeconds,
    keyPrefix: `${prefix}:fixed`,
  });
  return {
    name: 'fixed window',
    description: 'rate-limiter-flexible, from an account’s first request on',
    async admit(account, events) {
      try {
        await limiter.consume(account, events);
        return true;
      } catch (denied) {
        if (denied instanceof RateLimiterRes) return false;
        throw denied;
      }
    },
    keyOf: (account) => `${prefix}:fixed:${account}`,
  };
}

const logScript = readFileSync(new URL('./exact-log.lua', import.meta.url), 'utf8');

type LogCommand = (key: string, ...rest: number[]) => Promise<number>;

function exactLog({ redis, prefix, windowSeconds, limit }: LimiterSettings): ComparedLimiter {
  redis.defineCommand('exactLog', { lua: logScript, numberOfKeys: 1 });
  const { exactLog: ask } = redis as Redis & { exactLog: LogCommand };
  const keyOf = (account: string) => `${prefix}:log:${account}`;
  return {
    name: 'exact log',
    description: 'a sorted set with an entry for each event',
    admit: async (account, events) =>
      (await ask.call(redis, keyOf(account), windowSeconds * 1_000_000, limit, events)) === 1,
    keyOf,
  };
}
