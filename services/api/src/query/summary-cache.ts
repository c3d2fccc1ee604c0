import type { Redis } from 'ioredis';
import { z } from 'zod';
import { RequestError } from '@event-platform/core/event/errors';
import type { QueueKeys } from '@event-platform/core/platform/queue-names';
import { summarySchema } from '@event-platform/core/event/results';
import type { Logger } from '@event-platform/core/platform/logger';
import { within } from '@event-platform/core/platform/within';
import { KeyBudget } from './key-budget.ts';

/** A summary as it is computed and cached, with the most types and users: 500 kB at most. */
const computedSchema = summarySchema.omit({ account_id: true, cache: true, warnings: true });
export type ComputedSummary = z.infer<typeof computedSchema>;

/** Redis may hold what an older or newer api wrote; what does not fit counts as absent. */
const cachedSchema = z.object({ fresh_until_ms: z.number(), summary: computedSchema });
type Cached = z.infer<typeof cachedSchema>;

export interface CacheAnswer {
  /** `hit`: fresh. `miss`: computed now. `stale`: old, as it could not be computed, or not soon. */
  cache: 'hit' | 'miss' | 'stale';
  summary: ComputedSummary;
}

export interface SummaryCacheDependencies {
  /** A client that fails at once while Redis is unavailable (platform/redis.ts createRequestRedis). */
  redis: Redis;
  keys: Pick<QueueKeys, 'summary'>;
  logger: Logger;
  /** How long a summary is fresh at most; jitter takes up to a fifth off. */
  ttlMs: number;
  /** After this long PostgreSQL counts as unavailable; the query may go on and fill the cache. */
  maxWaitMs: number;
  /** With a cached summary a request waits no longer than this for a new one. */
  staleWaitMs: number;
  /** Clock in epoch milliseconds. */
  now: () => number;
}

/** A query under way, and since when: by `performance.now()`. */
interface Computation {
  summary: Promise<ComputedSummary>;
  sinceMs: number;
}

/** How long a summary is kept for the time when PostgreSQL is unavailable. */
const keptMs = 24 * 3_600_000;
const retryAfterSeconds = 5;
const maxKeysPerAccount = 100;
const maxAccounts = 10_000;

/**
 * Keeps summaries in Redis. Requests to this process for the same summary at the same time share one
 * read of Redis and one query.
 */
export class SummaryCache {
  private readonly dependencies: SummaryCacheDependencies;
  private readonly budget = new KeyBudget(maxKeysPerAccount, maxAccounts);
  private readonly lookUps = new Map<string, Promise<CacheAnswer>>();
  private readonly computations = new Map<string, Computation>();

  constructor(dependencies: SummaryCacheDependencies) {
    this.dependencies = dependencies;
  }

  /**
   * Finds the summary of an account and window.
   *
   * @param compute reads PostgreSQL
   * @throws RequestError summary_unavailable when PostgreSQL fails and nothing is cached
   */
  read(
    accountId: string,
    window: string,
    compute: () => Promise<ComputedSummary>,
  ): Promise<CacheAnswer> {
    const key = this.dependencies.keys.summary(accountId, window);
    const underWay = this.lookUps.get(key);
    if (underWay) return underWay;
    const store = (summary: ComputedSummary) => this.store(accountId, key, summary);
    const lookUp = this.lookUp(key, compute, store).finally(() => this.lookUps.delete(key));
    this.lookUps.set(key, lookUp);
    return lookUp;
  }

  private async lookUp(
    key: string,
    compute: () => Promise<ComputedSummary>,
    store: (summary: ComputedSummary) => void,
  ): Promise<CacheAnswer> {
    const cached = await this.recall(key);
    if (cached && cached.fresh_until_ms > this.dependencies.now()) {
      return { cache: 'hit', summary: cached.summary };
    }
    const { maxWaitMs, staleWaitMs } = this.dependencies;
    const { summary, sinceMs } = this.compute(key, compute, store);
    const waitMs = sinceMs + (cached ? staleWaitMs : maxWaitMs) - performance.now();
    try {
      return { cache: 'miss', summary: await within(waitMs, summary) };
    } catch (cause) {
      if (cached) return { cache: 'stale', summary: cached.summary };
      throw new RequestError('summary_unavailable', undefined, { retryAfterSeconds, cause });
    }
  }

  /**
   * Computes, unless that is under way. A query that takes longer than a request waits goes on: a request
   * that comes meanwhile waits for the rest of the time only, if any, instead of starting another, and its
   * result is cached in the end.
   */
  private compute(
    key: string,
    compute: () => Promise<ComputedSummary>,
    store: (summary: ComputedSummary) => void,
  ): Computation {
    const underWay = this.computations.get(key);
    if (underWay) return underWay;
    const computation = { summary: compute(), sinceMs: performance.now() };
    this.computations.set(key, computation);
    computation.summary
      .then(store)
      .catch((error: unknown) =>
        this.dependencies.logger.warn({ err: error }, 'a summary was not computed'),
      )
      .finally(() => this.computations.delete(key));
    return computation;
  }

  /** What Redis holds, however old; undefined also when Redis does not answer. */
  private async recall(key: string): Promise<Cached | undefined> {
    const text = await this.dependencies.redis.get(key).catch(() => null);
    if (text === null) return undefined;
    try {
      return cachedSchema.safeParse(JSON.parse(text)).data;
    } catch {
      return undefined;
    }
  }

  /** Not awaited: without the cached value the next reader computes again. */
  private store(accountId: string, key: string, summary: ComputedSummary): void {
    const { redis, ttlMs, now } = this.dependencies;
    // The jitter keeps summaries that were computed together from expiring together.
    const freshMs = ttlMs * (0.8 + 0.2 * Math.random());
    const text = JSON.stringify({ fresh_until_ms: now() + freshMs, summary } satisfies Cached);
    if (redis.status !== 'ready') return;
    const pipeline = redis.pipeline().set(key, text, 'PX', keptMs);
    const surplus = this.budget.note(accountId, key);
    if (surplus !== undefined) pipeline.unlink(surplus);
    pipeline.exec().catch(() => undefined);
  }
}
