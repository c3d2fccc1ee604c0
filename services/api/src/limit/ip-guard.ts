import type { RequestHandler } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { RequestError } from '@event-platform/shared/contracts/errors';

const windowSeconds = 60;

/**
 * The key under which an address is counted: IPv4 whole, IPv6 by its /56, since one customer holds
 * that many addresses.
 */
export function addressKey(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip);
  if (mapped?.[1]) return mapped[1];
  if (!ip.includes(':')) return ip;
  const [left = '', right] = ip.split('%')[0]?.split('::') ?? [];
  const head = left === '' ? [] : left.split(':');
  const tail = right === undefined || right === '' ? [] : right.split(':');
  const zeros = right === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  const groups = [...head, ...Array<string>(zeros).fill('0'), ...tail];
  const first56 = groups.slice(0, 4).map((group) => parseInt(group, 16) || 0);
  first56[3] = (first56[3] ?? 0) & 0xff00;
  return `${first56.map((group) => group.toString(16)).join(':')}::/56`;
}

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
      await limiter.consume(addressKey(request.ip ?? ''));
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
