import type { Response } from 'express';

/** Who is to blame that a request, or a part of it, was not served; `system` burns the error budget. */
export type Fault = 'tenant' | 'system';

/** What the handlers of a request note for those who count it. */
interface RequestContext {
  fault?: Fault;
  accountId?: string;
  cache?: string;
  /** How long the answer was held back because the client asked for it. */
  waitedMs?: number;
}

/** The notes of a request, kept with its answer. */
export function requestContextOf(response: Response): RequestContext {
  return (response.locals['notes'] ??= {}) as RequestContext;
}
