import type { RequestHandler } from 'express';
import { RequestError } from '@event-platform/core/event/errors';
import { clientKey } from '../http/client-address.ts';
import { WindowCounts } from '../http/window-counts.ts';

const windowSeconds = 60;

/**
 * Limits requests per address, in the memory of this process: the outermost and cheapest protection, meant
 * against a single host that sends too much. 0 switches it off.
 *
 * @throws RequestError ip_limit
 */
export function createIpGuard(requestsPerMinute: number): RequestHandler {
  if (requestsPerMinute === 0) return (_request, _response, next) => next();
  const counts = new WindowCounts(windowSeconds * 1_000);
  const policy = `"ip";q=${requestsPerMinute};w=${windowSeconds}`;
  return (request, response, next) => {
    const { amount, resetMs } = counts.add(clientKey(request), 1, performance.now());
    if (amount > requestsPerMinute) {
      const retryAfterSeconds = Math.max(1, Math.ceil(resetMs / 1_000));
      response.set('RateLimit-Policy', policy);
      response.set('RateLimit', `"ip";r=0;t=${retryAfterSeconds}`);
      throw new RequestError('ip_limit', undefined, { retryAfterSeconds, extra: { policy: 'ip' } });
    }
    next();
  };
}
