import { RateLimiterMemory } from 'rate-limiter-flexible';

const windowSeconds = 60;

/**
 * Counts the events of accounts in the memory of this process, for the time without Redis: in fixed
 * windows of a minute from an account's first event on. What an account has counted is forgotten with
 * its window, and limits are no part of it, so that it holds no more than a minute of accounts.
 */
export class MemoryLimiter {
  private readonly counts = new RateLimiterMemory({
    // `take` judges, since each account has a limit of its own.
    points: Number.MAX_SAFE_INTEGER,
    duration: windowSeconds,
  });
  private readonly replicas: number;

  /** @param replicas api processes that share the limit of an account evenly */
  constructor(replicas: number) {
    this.replicas = replicas;
  }

  /** Counts events, also those that are denied, against this process's share of a limit. */
  async take(
    accountId: string,
    events: number,
    limit: number,
  ): Promise<{ isWithinShare: boolean; isWithinLimit: boolean; retryMs: number }> {
    // A penalty is counted and not judged: the limit may be another one at each call.
    const { consumedPoints, msBeforeNext } = await this.counts.penalty(accountId, events);
    const share = Math.max(1, Math.ceil(limit / this.replicas));
    return {
      isWithinShare: consumedPoints <= share,
      isWithinLimit: consumedPoints <= limit,
      retryMs: msBeforeNext,
    };
  }
}
