import type { Redis } from 'ioredis';
import type { RedisFailure } from '@event-platform/core/platform/redis-failure';
import type { Fault } from '../http/request-context.ts';
import type { AccountPolicies } from './account-policies.ts';
import type { AdmissionClient, AdmissionRequest } from './admission-client.ts';
import type { MemoryLimiter } from './memory-limiter.ts';
import type { RedisMemory } from './redis-memory.ts';

export const denialCodes = [
  'account_limit',
  'cost_above_limit',
  'account_backlog',
  'backlog_full',
  'memory_high',
] as const;
export type DenialCode = (typeof denialCodes)[number];

/** Why a batch may not enter. */
export interface Denial {
  decision: 'denied';
  code: DenialCode;
  /** The quota that was hit, in events. */
  limit?: number;
  /** Milliseconds until a retry is worth it; 0 where waiting does not help. */
  retryMs: number;
  /** `system` where a sound system would have let the events in. */
  fault: Fault;
  /** Why Redis did not decide, where the memory of this process did. */
  failure?: RedisFailure;
}

/** Whether a batch may enter, and its place in the queue. */
export type AccountDecision =
  | { decision: 'queue'; priority: number; limit: number; remaining: number }
  /** Redis did not decide; the batch may enter by the direct path. */
  | { decision: 'direct'; failure: RedisFailure }
  | Denial;

/** How fast a backlog drains is not known here; after this long a retry is worth it. */
const backlogRetryMs = 5_000;

export interface AccountAdmissionSettings {
  admissionClient: Pick<AdmissionClient, 'admit'>;
  /** Decides while Redis does not. */
  memoryLimiter: Pick<MemoryLimiter, 'take'>;
  policies: Pick<AccountPolicies, 'of'>;
  memory: Pick<RedisMemory, 'isHigh'>;
  redis: Pick<Redis, 'status'>;
  /** Events that may wait in all. */
  maxPendingInAll: number;
  /** True while jobs wait and no worker takes any: a backlog is not the tenant's fault then. */
  isQueueStalled: () => boolean;
  /** Called when the memory of this process decided instead of Redis. */
  onFailover: () => void;
}

/** Builds the check of all per-account protections: one call to Redis, or one to memory without it. */
export function createAccountAdmission(settings: AccountAdmissionSettings) {
  const { admissionClient, policies, memory, redis, maxPendingInAll, isQueueStalled } = settings;

  return async function admit(accountId: string, events: number): Promise<AccountDecision> {
    if (memory.isHigh && redis.status === 'ready') {
      return { decision: 'denied', code: 'memory_high', retryMs: backlogRetryMs, fault: 'system' };
    }
    const { eventsPerMinute: limit, maxPending, weight } = policies.of(accountId);
    const request = { accountId, cost: events, limit, maxPending, weight };
    const answer = await admissionClient.admit(request);
    switch (answer.decision) {
      case 'admitted': {
        const { priority, used } = answer;
        return { decision: 'queue', priority, limit, remaining: Math.max(0, limit - used) };
      }
      case 'limit':
        return denial('account_limit', limit, answer.waitMs, 'tenant');
      case 'cost_above_limit':
        return denial('cost_above_limit', limit, 0, 'tenant');
      case 'account_backlog': {
        const fault = isQueueStalled() ? 'system' : 'tenant';
        return denial('account_backlog', maxPending, backlogRetryMs, fault);
      }
      case 'backlog_full':
        return denial('backlog_full', maxPendingInAll, backlogRetryMs, 'system');
      case 'unavailable':
        return decideFromMemory(request, answer.failure, settings);
    }
  };
}

export type Admit = ReturnType<typeof createAccountAdmission>;

function decideFromMemory(
  { accountId, cost, limit }: AdmissionRequest,
  failure: RedisFailure,
  { memoryLimiter, onFailover }: AccountAdmissionSettings,
): AccountDecision {
  onFailover();
  if (cost > limit) return { ...denial('cost_above_limit', limit, 0, 'tenant'), failure };
  const taken = memoryLimiter.take(accountId, cost, limit, performance.now());
  if (taken.isWithinShare) return { decision: 'direct', failure };
  // The share of this process may be used up while the account is within its limit as a whole.
  const fault = taken.isWithinLimit ? 'system' : 'tenant';
  return { ...denial('account_limit', limit, taken.retryMs, fault), failure };
}

function denial(code: DenialCode, limit: number, retryMs: number, fault: Fault): Denial {
  return { decision: 'denied', code, limit, retryMs, fault };
}
