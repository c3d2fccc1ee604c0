import type { Redis } from 'ioredis';
import { RateLimiterRes } from 'rate-limiter-flexible';
import type { AccountPolicies } from './account-policies.ts';
import type { AdmissionDesk } from './admission.ts';
import type { RedisMemory } from './redis-memory.ts';
import { AdmissionRes, SlidingWindowLimiter } from './sliding-window-limiter.ts';

/** Whether a group of events may enter, and where it stands in the queue. */
export type GateAnswer =
  | { verdict: 'queue'; priority: number; limit: number; remaining: number }
  /** Redis is away; the group may enter by the direct path. */
  | { verdict: 'direct' }
  | { verdict: 'account_limit'; store: 'redis' | 'memory'; limit: number; retryMs: number }
  | { verdict: 'cost_above_limit'; limit: number }
  | { verdict: 'account_backlog' | 'backlog_full' | 'memory_high'; retryMs: number };

/** A backlog drains at a pace that nobody knows here; this is when a look is worth it again. */
const backlogRetryMs = 5_000;

export interface AccountGateSettings {
  desk: AdmissionDesk;
  policies: AccountPolicies;
  memory: RedisMemory;
  redis: Redis;
  /** Api processes, which share a limit while Redis is away. */
  replicas: number;
}

/** The per-account protections as one question. */
export function createAccountGate(settings: AccountGateSettings) {
  const { desk, policies, memory, redis, replicas } = settings;
  const limiters = new Map<number, SlidingWindowLimiter>();

  function limiterFor(limit: number): SlidingWindowLimiter {
    let limiter = limiters.get(limit);
    if (!limiter)
      limiters.set(limit, (limiter = new SlidingWindowLimiter(desk, limit, replicas, redis)));
    return limiter;
  }

  return async function askGate(accountId: string, events: number): Promise<GateAnswer> {
    const { eventsPerMinute: limit, maxPending, weight } = policies.of(accountId);
    if (memory.isHigh && redis.status === 'ready') {
      return { verdict: 'memory_high', retryMs: backlogRetryMs };
    }
    const request = { accountId, cost: events, limit, maxPending, weight };
    try {
      const answer = await limiterFor(limit).consumeRequest(request);
      return answer instanceof AdmissionRes ? readAdmitted(answer, limit) : { verdict: 'direct' };
    } catch (denied) {
      if (!(denied instanceof RateLimiterRes)) throw denied;
      if (events > limit) return { verdict: 'cost_above_limit', limit };
      const store = denied instanceof AdmissionRes ? 'redis' : 'memory';
      return { verdict: 'account_limit', store, limit, retryMs: denied.msBeforeNext };
    }
  };
}

export type AskGate = ReturnType<typeof createAccountGate>;

function readAdmitted({ admission }: AdmissionRes, limit: number): GateAnswer {
  const { verdict, priority, used } = admission;
  if (verdict === 'account_backlog' || verdict === 'backlog_full') {
    return { verdict, retryMs: backlogRetryMs };
  }
  return {
    verdict: 'queue',
    priority,
    limit,
    remaining: Math.max(0, limit - used),
  };
}
