import type { RequestHandler } from 'express';
import type { Logger } from '@event-platform/core/platform/logger';
import { hideKeys, type Principal } from '@event-platform/core/storage/accounts/api-key';

/**
 * One line per request that failed (and per request at level debug), without body, query or key.
 * Successes are counted in metrics; a line for each would cost more than taking the events.
 */
export function createAccessLog(logger: Logger): RequestHandler {
  const logsAll = logger.isLevelEnabled('debug');
  return (request, response, next) => {
    const startedAtMs = performance.now();
    response.once('close', () => {
      const status = response.statusCode;
      if (status < 400 && !logsAll) return;
      const principal = response.locals['principal'] as Principal | undefined;
      logger[status >= 500 ? 'error' : status >= 400 ? 'info' : 'debug'](
        {
          requestId: String(response.locals['requestId']),
          method: request.method,
          path: loggedPath(request.path),
          status,
          tookMs: Math.round(performance.now() - startedAtMs),
          keyId: principal?.keyId,
        },
        'request',
      );
    });
    next();
  };
}

/** A path without keys and without characters that a terminal would obey. Pure. */
export function loggedPath(path: string): string {
  return hideKeys(path.slice(0, 200)).replaceAll(/[^\x20-\x7e…]/g, (character) =>
    encodeURIComponent(character),
  );
}
