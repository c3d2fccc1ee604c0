import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import type { QueueKeys } from '@event-platform/core/platform/queue-names';
import { Batcher } from '@event-platform/core/platform/batcher';
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
  /** Milliseconds until a retry can pass; 0 unless the verdict is `limit`. */
  waitMs: number;
  /** BullMQ priority of the job; 0 unless admitted. */
  priority: number;
}

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
 * Asks `admit.lua` for all requests of a moment at once. While a call is under way new requests
 * gather, so the busier the api is, the fewer calls a request costs; an idle api waits for nobody.
 *
 * Redis away: rejects at once with the client's error, without queueing.
 */
export class AdmissionClient {
  private readonly settings: AdmissionSettings;
  private readonly command: RedisScript<number[]>;
  private readonly batcher: Batcher<AdmissionRequest, Admission>;

  constructor(settings: AdmissionSettings) {
    this.settings = settings;
    this.batcher = new Batcher({
      send: (requests) => this.ask(requests),
      maxItems: maxRequestsPerCall,
    });
    this.command = createScript(settings.redis, script);
  }

  /** Resolves with the verdict; rejects when Redis does not answer. */
  admit(request: AdmissionRequest): Promise<Admission> {
    if (this.settings.redis.status !== 'ready') {
      return Promise.reject(new Error(`Redis is not connected: ${this.settings.redis.status}`));
    }
    return this.batcher.ask(request);
  }

  private async ask(requests: AdmissionRequest[]): Promise<Admission[]> {
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
