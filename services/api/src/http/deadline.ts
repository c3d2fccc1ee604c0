import type { RequestHandler } from 'express';
import { RequestError } from '@event-platform/core/event/errors';

/** Answers 504 when a request has not been answered in time; what it had begun may still finish. */
export function createDeadline(timeoutMs: number): RequestHandler {
  return (_request, response, next) => {
    const timer = setTimeout(() => {
      if (!response.headersSent) next(new RequestError('deadline_exceeded'));
    }, timeoutMs);
    response.once('close', () => clearTimeout(timer));
    next();
  };
}
