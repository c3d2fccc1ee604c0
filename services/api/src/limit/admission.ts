import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';
import type { QueueKeys } from '@event-platform/shared/contracts/queue';

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

type Verdict = 'admitted' | 'limit' | 'account_backlog' | 'backlog_full' | 'cost_above_limit';

export interface Admission {
  verdict: Verdict;
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

const verdicts = [
  'admitted',
  'limit',
  'account_backlog',
  'backlog_full',
  'cost_above_limit',
] as const;
const fieldsPerAnswer = 4;

/** Calls at once: one being answered, one under way. More would only make each smaller. */
const maxCalls = 2;

/** Requests in one call; keeps a single script below a millisecond or two. */
const maxRequestsPerCall = 256;

const script = readFileSync(new URL('./admit.lua', import.meta.url), 'utf8');

type AdmitCommand = (
  keyCount: number,
  ...keysAndArguments: (string | number)[]
) => Promise<number[]>;

interface Pending {
  request: AdmissionRequest;
  resolve: (admission: Admission) => void;
  reject: (error: unknown) => void;
}

/**
 * Asks `admit.lua` for all requests of a moment at once. While calls are under way new requests
 * gather, so the busier the api is, the fewer calls a request costs; an idle api waits for nobody.
 *
 * Redis away: rejects at once with the client's error, without queueing.
 */
export class AdmissionDesk {
  private readonly settings: AdmissionSettings;
  private readonly command: AdmitCommand;
  private waiting: Pending[] = [];
  private calls = 0;
  private isScheduled = false;

  constructor(settings: AdmissionSettings) {
    this.settings = settings;
    settings.redis.defineCommand('admitEvents', { lua: script });
    const redis = settings.redis as Redis & { admitEvents: AdmitCommand };
    this.command = redis.admitEvents.bind(redis);
  }

  /** Resolves with the verdict; rejects when Redis does not answer. */
  admit(request: AdmissionRequest): Promise<Admission> {
    if (this.settings.redis.status !== 'ready') {
      return Promise.reject(new Error('Redis is not connected'));
    }
    return new Promise((resolve, reject) => {
      this.waiting.push({ request, resolve, reject });
      this.schedule();
    });
  }

  /** Waits for the end of the current turn of the event loop, so that its requests go together. */
  private schedule(): void {
    if (this.isScheduled || this.calls >= maxCalls || this.waiting.length === 0) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      void this.call(this.waiting.splice(0, maxRequestsPerCall));
      this.schedule();
    });
  }

  private async call(batch: Pending[]): Promise<void> {
    this.calls++;
    try {
      const answers = await this.ask(batch.map(({ request }) => request));
      batch.forEach(({ resolve }, index) => resolve(readAnswer(answers, index)));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.calls--;
      this.schedule();
    }
  }

  private ask(requests: AdmissionRequest[]): Promise<number[]> {
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
    return this.command(
      fixedKeys.length + requests.length,
      ...fixedKeys,
      ...requests.map((request) => keys.limit(request.accountId)),
      windowMs,
      maxPendingInAll,
      tagUnit,
      maxPriority,
      ...requests.flatMap((r) => [r.accountId, r.cost, r.limit, r.maxPending, r.weight]),
    );
  }
}

function readAnswer(answers: number[], index: number): Admission {
  const [verdict = 0, used = 0, waitMs = 0, priority = 0] = answers.slice(
    index * fieldsPerAnswer,
    (index + 1) * fieldsPerAnswer,
  );
  return { verdict: verdicts[verdict] ?? 'backlog_full', used, waitMs, priority };
}
