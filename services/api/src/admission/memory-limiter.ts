import { WindowCounts } from '../http/window-counts.ts';

const windowMs = 60_000;

/** The decision of the memory limiter. */
export interface MemoryDecision {
  /** Within this process's share of the limit: the events may enter. */
  isWithinShare: boolean;
  /** Within the limit as a whole. */
  isWithinLimit: boolean;
  /** Milliseconds until the account counts from 0 again. */
  retryMs: number;
}

/**
 * Counts the events of accounts in the memory of this process, for the time without Redis: in fixed windows
 * of a minute from an account's first event on. Limits are arguments and not stored, so it holds one count
 * for each account of the last minute, and at most 100,000.
 */
export class MemoryLimiter {
  private readonly counts = new WindowCounts(windowMs);
  private readonly replicas: number;

  /** @param replicas api processes that share the limit of an account evenly */
  constructor(replicas: number) {
    this.replicas = replicas;
  }

  /**
   * Counts events, denied ones included, against this process's share of a limit.
   *
   * @param limit events a window of the account, in all processes
   * @param nowMs a clock that never goes back
   */
  take(accountId: string, events: number, limit: number, nowMs: number): MemoryDecision {
    const { amount, resetMs } = this.counts.add(accountId, events, nowMs);
    const share = Math.max(1, Math.ceil(limit / this.replicas));
    return { isWithinShare: amount <= share, isWithinLimit: amount <= limit, retryMs: resetMs };
  }
}
