import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import type { QueueKeys } from '@event-platform/core/platform/queue-names';
import { Batcher } from '@event-platform/core/platform/batcher';
import { redisFailureOf, type RedisFailure } from '@event-platform/core/platform/redis-failure';
import { createScript, type RedisScript } from '@event-platform/core/platform/redis-script';

/** One account's share of one request. */
export interface AdmissionRequest {
  accountId: string;
  /** Events. */
  cost: number;
  /** Events a window. */
  limit: number;
  /** Events of the account that may wait. */
  maxPending: number;
  /** Share of the workers relative to others; 1 is the rule. */
  weight: number;
}

type Decision = 'admitted' | 'limit' | 'account_backlog' | 'backlog_full' | 'cost_above_limit';

export interface Admission {
  decision: Decision;
  /** Events counted for the last window, this request included when admitted. */
  used: number;
  /** Milliseconds until a retry can pass; 0 unless the decision is `limit`. */
  waitMs: number;
  /** BullMQ priority of the job; 0 unless admitted. */
  priority: number;
}

/** The answer to one request: a decision of Redis, or why it made none. */
export type AdmissionAnswer = Admission | { decision: 'unavailable'; failure: RedisFailure };

export interface AdmissionSettings {
  redis: Redis;
  keys: QueueKeys;
  windowMs: number;
  maxPendingInAll: number;
  /** Events per unit of priority: coarser lets more accounts share a job, finer is fairer. */
  tagUnit: number;
  /** Below BullMQ's 2,097,151; tests set it low to see the tags move down. */
  maxPriority: number;
}

const decisions = [
  'admitted',
  'limit',
  'account_backlog',
  'backlog_full',
  'cost_above_limit',
] as const;
const fieldsPerAnswer = 4;

/** Requests in one call; keeps a single script below a millisecond or two. */
const maxRequestsPerCall = 256;

const script = readFileSync(new URL('./admit.lua', import.meta.url), 'utf8');

/**
 * Calls `admit.lua` once for all requests of a moment. New requests wait while a call is under way, so the
 * busier the api is, the fewer calls a request costs.
 *
 * Redis down: answers at once, without queueing.
 */
export class AdmissionClient {
  private readonly settings: AdmissionSettings;
  private readonly command: RedisScript<number[]>;
  private readonly batcher: Batcher<AdmissionRequest, Admission>;

  constructor(settings: AdmissionSettings) {
    this.settings = settings;
    this.batcher = new Batcher({
      send: (requests) => this.call(requests),
      maxItems: maxRequestsPerCall,
    });
    this.command = createScript(settings.redis, script);
  }

  /** Never rejects. */
  async admit(request: AdmissionRequest): Promise<AdmissionAnswer> {
    const { status } = this.settings.redis;
    if (status !== 'ready') {
      const words = `Redis is not connected: ${status}`;
      return { decision: 'unavailable', failure: { reason: 'unreachable', words } };
    }
    try {
      return await this.batcher.add(request);
    } catch (error) {
      return { decision: 'unavailable', failure: redisFailureOf(error) };
    }
  }

  private async call(requests: AdmissionRequest[]): Promise<Admission[]> {
    const { keys, windowMs, maxPendingInAll, tagUnit, maxPriority } = this.settings;
    const fixedKeys = [
      keys.tags,
      keys.clock,
      keys.pending,
      keys.prioritized,
      keys.wait,
      keys.active,
      keys.delayed,
    ];
    const policies = new Map<string, number>();
    const values: number[] = [];
    const policyOf = ({ limit, maxPending, weight }: AdmissionRequest): number => {
      const name = `${limit} ${maxPending} ${weight}`;
      const known = policies.get(name);
      if (known !== undefined) return known;
      values.push(limit, maxPending, weight);
      policies.set(name, policies.size);
      return policies.size - 1;
    };
    const shares = requests.flatMap((one) => [one.accountId, one.cost, policyOf(one)]);
    const answers = await this.command(
      [...fixedKeys, ...requests.map((request) => keys.limit(request.accountId))],
      [windowMs, maxPendingInAll, tagUnit, maxPriority, policies.size, ...values, ...shares],
    );
    return requests.map((_request, index) => readAnswer(answers, index));
  }
}

function readAnswer(answers: number[], index: number): Admission {
  const at = (field: number) => answers[index * fieldsPerAnswer + field] ?? 0;
  return {
    decision: decisions[at(0)] ?? 'backlog_full',
    used: at(1),
    waitMs: at(2),
    priority: at(3),
  };
}
