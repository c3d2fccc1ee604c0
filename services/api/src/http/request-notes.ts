import type { Response } from 'express';

/** Who is to blame that a request, or a part of it, was not served; `system` burns the error budget. */
export type Fault = 'tenant' | 'system';

/** What the handlers of a request note for those who count it. */
interface RequestNotes {
  fault?: Fault;
  accountId?: string;
  cache?: string;
}

/** The notes of a request, kept with its answer. */
export function notesOf(response: Response): RequestNotes {
  return (response.locals['notes'] ??= {}) as RequestNotes;
}
