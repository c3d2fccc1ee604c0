import type { RequestHandler } from 'express';
import { RequestError } from '@event-platform/core/event/errors';

/** The one expectation that there is (RFC 9110, 10.1.1), as Node.js reads it. */
const known = /(?:^|\W)100-continue(?:$|\W)/i;

/**
 * Refuses what Node.js would refuse by itself, with an answer that has no body (see http-server.ts): a
 * request of HTTP/1.1 without a host, and an expectation that cannot be met.
 */
export const checkHead: RequestHandler = (request, _response, next) => {
  const { host, expect } = request.headers;
  if (host === undefined && request.httpVersion === '1.1') {
    throw new RequestError('request_malformed', 'A request of HTTP/1.1 names its Host');
  }
  if (expect !== undefined && !known.test(expect)) throw new RequestError('expectation_failed');
  next();
};
