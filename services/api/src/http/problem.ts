import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler } from 'express';
import {
  RequestError,
  requestErrors,
  type RequestErrorCode,
} from '@event-platform/core/event/errors';
import type { Logger } from '@event-platform/core/platform/logger';
import type { DrainBody } from './drain-body.ts';
import { isOver, sendReply, type Reply } from './reply.ts';

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

/**
 * The answer to a request that ends with an error: application/problem+json. Pure.
 *
 * @param more further headers
 */
export function problemReply(
  error: RequestError,
  requestId: string,
  more: Reply['headers'] = [],
): Reply {
  const { status, body } = problemOf(error.code, requestId, error.message, error.extra);
  const headers = [...more];
  headers.push(['Content-Type', 'application/problem+json; charset=utf-8']);
  if (error.retryAfterSeconds > 0) headers.push(['Retry-After', String(error.retryAfterSeconds)]);
  if (status === 401) headers.push(['WWW-Authenticate', 'Bearer']);
  return { status, headers, body };
}

/** Errors that end a request whose time is over, or whose client is gone: nothing is waited for. */
const last = new Set<RequestErrorCode>(['request_timeout', 'request_aborted', 'deadline_exceeded']);

/**
 * Turns what was thrown into a problem; an unexpected error is logged, and its cause is not shown. A request
 * that was refused before its body was read is read on first, so that its client receives the answer.
 */
export function createErrorHandler(logger: Logger, drainBody: DrainBody): ErrorRequestHandler {
  // Express recognises an error handler by its four parameters.
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
    // A body that was refused half-read would be taken for the next request.
    if (!request.complete) response.setHeader('Connection', 'close');
    sendReply(response, problemReply(refusal, String(response.locals['requestId'] ?? '')));
  };
}
