import type { Response } from 'express';

/** Whose fault it is that a request, or a part of it, was not served; `system` burns the error budget. */
export type Fault = 'tenant' | 'system';

/** What the handlers of a request record for its metrics. */
export interface RequestContext {
  fault?: Fault;
  accountId?: string;
  cache?: string;
  /** When the request began to wait because the client prefers it, on the clock of `performance.now()`. */
  waitsSinceMs?: number;
  /** How long it waited; absent while it does. */
  waitedMs?: number;
}

/** The context of a request, kept with its answer. */
export function requestContextOf(response: Response): RequestContext {
  return (response.locals['context'] ??= {}) as RequestContext;
}

/**
 * How long a request has waited because its client prefers it, in milliseconds: no part of its latency. A client
 * that leaves during the wait is counted before the wait has ended.
 */
export function waitedMsOf({ waitsSinceMs, waitedMs }: RequestContext, nowMs: number): number {
  if (waitedMs !== undefined) return waitedMs;
  return waitsSinceMs === undefined ? 0 : nowMs - waitsSinceMs;
}
