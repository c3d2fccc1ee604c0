import type { ErrorRequestHandler, Request, Response } from 'express';
import { RequestError, requestErrors } from '@event-platform/shared/contracts/errors';
import type { Logger } from '@event-platform/shared/platform/logger';

/** Errors of express and its router, which are the caller's. */
function fromExpress(error: unknown): RequestError | undefined {
  const status: unknown = (error as { status?: unknown } | null)?.status;
  if (typeof status !== 'number' || status < 400 || status >= 500) return undefined;
  return new RequestError('request_malformed');
}

/** Sends an error as application/problem+json. The only place that writes an error answer. */
function sendProblem(request: Request, response: Response, error: RequestError): void {
  const { status, title, retryable } = requestErrors[error.code];
  if (error.retryAfterSeconds > 0) response.setHeader('Retry-After', error.retryAfterSeconds);
  if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  // A body that was refused half-read would be taken for the next request.
  if (!request.complete) response.setHeader('Connection', 'close');
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/problem+json; charset=utf-8');
  response.end(
    JSON.stringify({
      type: `/docs#${error.code}`,
      title,
      status,
      detail: error.message,
      code: error.code,
      retryable,
      request_id: String(response.locals['requestId'] ?? ''),
      ...error.extra,
    }),
  );
}

/** Turns whatever was thrown into a problem; what nobody foresaw is logged and hides its cause. */
export function createErrorHandler(logger: Logger): ErrorRequestHandler {
  // Express tells an error handler by its four parameters.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  return (error: unknown, request, response, next) => {
    const known = error instanceof RequestError ? error : fromExpress(error);
    if (!known) {
      logger.error({ err: error, requestId: String(response.locals['requestId']) }, 'unexpected');
    }
    // The deadline may have answered already while the work went on.
    if (response.headersSent || response.destroyed) return;
    sendProblem(request, response, known ?? new RequestError('internal'));
  };
}
