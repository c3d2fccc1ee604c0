import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, Request, Response } from 'express';
import {
  RequestError,
  requestErrors,
  type RequestErrorCode,
} from '@event-platform/core/event/errors';
import type { Logger } from '@event-platform/core/platform/logger';
import type { DrainBody } from './drain-body.ts';

/** Errors of express and its router, which are the caller's. */
function fromExpress(error: unknown): RequestError | undefined {
  const status: unknown = (error as { status?: unknown } | null)?.status;
  if (typeof status !== 'number' || status < 400 || status >= 500) return undefined;
  return new RequestError('request_malformed');
}

/** The body of an error answer, with its status and the phrase of that. Pure. */
export function problemOf(
  code: RequestErrorCode,
  requestId: string,
  detail: string = requestErrors[code].title,
  extra: Readonly<Record<string, unknown>> = {},
): { status: number; phrase: string; body: string } {
  const { status, title, retryable } = requestErrors[code];
  const fixed = { type: `/docs#${code}`, title, status, detail, code, retryable };
  return {
    status,
    phrase: STATUS_CODES[status] ?? '',
    body: JSON.stringify({ ...fixed, request_id: requestId, ...extra }),
  };
}

/** Sends an error as application/problem+json. */
function sendProblem(request: Request, response: Response, error: RequestError): void {
  const requestId = String(response.locals['requestId'] ?? '');
  const { status, body } = problemOf(error.code, requestId, error.message, error.extra);
  if (error.retryAfterSeconds > 0) response.setHeader('Retry-After', error.retryAfterSeconds);
  if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  // A body that was refused half-read would be taken for the next request.
  if (!request.complete) response.setHeader('Connection', 'close');
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/problem+json; charset=utf-8');
  response.end(body);
}

/** Whether nothing more can be said. */
function isOver(response: Response): boolean {
  return response.headersSent || response.destroyed;
}

/** Errors that end a request whose time is over, or whose client is gone: nothing is waited for. */
const last = new Set<RequestErrorCode>(['request_timeout', 'request_aborted', 'deadline_exceeded']);

/**
 * Turns whatever was thrown into a problem; what nobody foresaw is logged and hides its cause. A request
 * that was refused before its body was read is read on first, so that its sender hears why.
 */
export function createErrorHandler(logger: Logger, drainBody: DrainBody): ErrorRequestHandler {
  // Express tells an error handler by its four parameters.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  return async (error: unknown, request, response, next) => {
    const known = error instanceof RequestError ? error : fromExpress(error);
    if (!known) {
      logger.error({ err: error, requestId: String(response.locals['requestId']) }, 'unexpected');
    }
    // The deadline may have answered already while the work went on.
    if (isOver(response)) return;
    const thrown = known ?? new RequestError('internal');
    // The deadline may pass while a refused body is read: the answer is why it was refused.
    const refusal = (response.locals['refusal'] ??= thrown) as RequestError;
    if (!last.has(thrown.code)) await drainBody(request);
    if (isOver(response)) return;
    sendProblem(request, response, refusal);
  };
}
