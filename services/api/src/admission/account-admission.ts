import type { Redis } from 'ioredis';
import { redisFailureOf, type RedisFailure } from '@event-platform/core/platform/redis-failure';
import type { Fault } from '../http/request-context.ts';
import type { AccountPolicies } from './account-policies.ts';
import type { Admission, AdmissionClient, AdmissionRequest } from './admission-client.ts';
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

/** Whether a group of events may enter, and where it stands in the queue. */
export type AdmissionAnswer =
  | { decision: 'queue'; priority: number; limit: number; remaining: number }
  /** Redis does not say; the group may enter by the direct path. */
  | { decision: 'direct'; failure: RedisFailure }
  /**
   * `limit` is the quota that was hit, in events; `retryMs` is 0 where waiting does not help. `fault`
   * is the system's where a sound system would have let the events in. `failure`: why the memory of
   * this process denied it, and not Redis.
   */
  | {
      decision: 'denied';
      code: DenialCode;
      limit?: number;
      retryMs: number;
      fault: Fault;
      failure?: RedisFailure;
    };

/** A backlog drains at a pace that nobody knows here; this is when a look is worth it again. */
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
  /** True while jobs wait and no worker takes any: a backlog is nobody's own fault then. */
  isQueueStalled: () => boolean;
  /** Called when the memory of this process had to answer, since Redis did not. */
  onFailover: () => void;
}

/** The per-account protections as one question. */
export function createAccountAdmission(settings: AccountAdmissionSettings) {
  const { admissionClient, policies, memory, redis } = settings;

  return async function admit(accountId: string, events: number): Promise<AdmissionAnswer> {
    if (memory.isHigh && redis.status === 'ready') {
      return { decision: 'denied', code: 'memory_high', retryMs: backlogRetryMs, fault: 'system' };
    }
    const { eventsPerMinute: limit, maxPending, weight } = policies.of(accountId);
    const request = { accountId, cost: events, limit, maxPending, weight };
    return admissionClient.admit(request).then(
      (admission) => answerOf(admission, request, settings),
      (error: unknown) => answerFromMemory(redisFailureOf(error), request, settings),
    );
  };
}

export type Admit = ReturnType<typeof createAccountAdmission>;

function answerOf(
  { decision, priority, used, waitMs }: Admission,
  { limit, maxPending }: AdmissionRequest,
  { maxPendingInAll, isQueueStalled }: AccountAdmissionSettings,
): AdmissionAnswer {
  const denied = (
    code: DenialCode,
    quota: number,
    retryMs: number,
    fault: Fault,
  ): AdmissionAnswer => ({
    decision: 'denied',
    code,
    limit: quota,
    retryMs,
    fault,
  });
  switch (decision) {
    case 'admitted':
      return { decision: 'queue', priority, limit, remaining: Math.max(0, limit - used) };
    case 'limit':
      return denied('account_limit', limit, waitMs, 'tenant');
    case 'cost_above_limit':
      return denied(decision, limit, 0, 'tenant');
    case 'account_backlog':
      return denied(decision, maxPending, backlogRetryMs, isQueueStalled() ? 'system' : 'tenant');
    case 'backlog_full':
      return denied(decision, maxPendingInAll, backlogRetryMs, 'system');
  }
}

async function answerFromMemory(
  failure: RedisFailure,
  { accountId, cost, limit }: AdmissionRequest,
  { memoryLimiter, onFailover }: AccountAdmissionSettings,
): Promise<AdmissionAnswer> {
  onFailover();
  const denied = { decision: 'denied', limit, failure } as const;
  if (cost > limit) return { ...denied, code: 'cost_above_limit', retryMs: 0, fault: 'tenant' };
  const { isWithinShare, isWithinLimit, retryMs } = await memoryLimiter.take(
    accountId,
    cost,
    limit,
  );
  if (isWithinShare) return { decision: 'direct', failure };
  // Our share of the limit may be used up while the account is still within the whole of it.
  const fault = isWithinLimit ? 'system' : 'tenant';
  return { ...denied, code: 'account_limit', retryMs, fault };
}
