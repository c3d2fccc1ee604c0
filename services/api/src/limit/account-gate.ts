import type { Redis } from 'ioredis';
import { RateLimiterRes } from 'rate-limiter-flexible';
import type { Fault } from '../http/request-notes.ts';
import type { AccountPolicies } from './account-policies.ts';
import type { AdmissionDesk } from './admission.ts';
import type { RedisMemory } from './redis-memory.ts';
import { AdmissionRes, SlidingWindowLimiter } from './sliding-window-limiter.ts';

export const denialCodes = [
  'account_limit',
  'cost_above_limit',
  'account_backlog',
  'backlog_full',
  'memory_high',
] as const;
export type DenialCode = (typeof denialCodes)[number];

/** Whether a group of events may enter, and where it stands in the queue. */
export type GateAnswer =
  | { verdict: 'queue'; priority: number; limit: number; remaining: number }
  /** Redis is away; the group may enter by the direct path. */
  | { verdict: 'direct' }
  /**
   * `limit` is the quota that was hit, in events; `retryMs` is 0 where waiting does not help. `fault`
   * is the system's where a sound system would have let the events in.
   */
  | { verdict: 'denied'; code: DenialCode; limit?: number; retryMs: number; fault: Fault };

/** A backlog drains at a pace that nobody knows here; this is when a look is worth it again. */
const backlogRetryMs = 5_000;

export interface AccountGateSettings {
  desk: AdmissionDesk;
  policies: AccountPolicies;
  memory: RedisMemory;
  redis: Redis;
  /** Events that may wait in all. */
  maxPendingInAll: number;
  /** Api processes, which share a limit while Redis is away. */
  replicas: number;
  /** True while jobs wait and no worker takes any: a backlog is nobody's own fault then. */
  isQueueStalled: () => boolean;
  /** Called when the memory of this process had to answer, since Redis did not. */
  onFailover: () => void;
}

/** The per-account protections as one question. */
export function createAccountGate(settings: AccountGateSettings) {
  const { desk, policies, memory, redis, maxPendingInAll, replicas } = settings;
  const { isQueueStalled, onFailover } = settings;
  const limiters = new Map<number, SlidingWindowLimiter>();

  function limiterFor(limit: number): SlidingWindowLimiter {
    const known = limiters.get(limit);
    if (known) return known;
    const limiter = new SlidingWindowLimiter(desk, limit, replicas, redis);
    limiters.set(limit, limiter);
    return limiter;
  }

  const waitForBacklog = (code: DenialCode, limit: number, fault: Fault): GateAnswer => ({
    verdict: 'denied',
    code,
    limit,
    retryMs: backlogRetryMs,
    fault,
  });

  return async function askGate(accountId: string, events: number): Promise<GateAnswer> {
    const { eventsPerMinute: limit, maxPending, weight } = policies.of(accountId);
    if (memory.isHigh && redis.status === 'ready') {
      return { verdict: 'denied', code: 'memory_high', retryMs: backlogRetryMs, fault: 'system' };
    }
    const request = { accountId, cost: events, limit, maxPending, weight };
    try {
      const answer = await limiterFor(limit).consumeRequest(request);
      if (!(answer instanceof AdmissionRes)) {
        onFailover();
        return { verdict: 'direct' };
      }
      const { verdict, priority, used } = answer.admission;
      if (verdict === 'account_backlog') {
        return waitForBacklog(verdict, maxPending, isQueueStalled() ? 'system' : 'tenant');
      }
      if (verdict === 'backlog_full') return waitForBacklog(verdict, maxPendingInAll, 'system');
      return { verdict: 'queue', priority, limit, remaining: Math.max(0, limit - used) };
    } catch (denied) {
      if (!(denied instanceof RateLimiterRes)) throw denied;
      const isFailover = !(denied instanceof AdmissionRes);
      if (isFailover) onFailover();
      if (events > limit) {
        return { verdict: 'denied', code: 'cost_above_limit', limit, retryMs: 0, fault: 'tenant' };
      }
      // Our share of the limit may be used up while the account is still within the whole of it.
      const isWithin = isFailover && denied.consumedPoints <= limit;
      const fault = isWithin ? 'system' : 'tenant';
      const retryMs = denied.msBeforeNext;
      return { verdict: 'denied', code: 'account_limit', limit, retryMs, fault };
    }
  };
}

export type AskGate = ReturnType<typeof createAccountGate>;
