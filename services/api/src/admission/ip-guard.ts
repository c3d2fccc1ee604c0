import type { RequestHandler } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { RequestError } from '@event-platform/core/event/errors';
import { clientKey } from '../http/client-address.ts';

const windowSeconds = 60;

/**
 * Limits requests per address, in this process's memory: the outermost and cheapest guard, meant
 * against a single host that runs wild. 0 switches it off.
 */
export function createIpGuard(requestsPerMinute: number): RequestHandler {
  if (requestsPerMinute === 0) return (_request, _response, next) => next();
  const limiter = new RateLimiterMemory({ points: requestsPerMinute, duration: windowSeconds });
  const policy = `"ip";q=${requestsPerMinute};w=${windowSeconds}`;
  return async (request, response, next) => {
    try {
      await limiter.consume(clientKey(request));
    } catch (denied) {
      if (!(denied instanceof RateLimiterRes)) throw denied;
      const retryAfterSeconds = Math.max(1, Math.ceil(denied.msBeforeNext / 1000));
      response.set('RateLimit-Policy', policy);
      response.set('RateLimit', `"ip";r=0;t=${retryAfterSeconds}`);
      throw new RequestError('ip_limit', undefined, { retryAfterSeconds, extra: { policy: 'ip' } });
    }
    next();
  };
}
