import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';

/** Ids that are safe in a log, a header and a JSON string as they stand. */
const acceptable = /^[A-Za-z0-9._-]{1,64}$/;

/** Takes the caller's X-Request-Id where it is harmless, else makes one; echoes it in the answer. */
export const requestId: RequestHandler = (request, response, next) => {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && acceptable.test(given) ? given : randomUUID();
  response.locals['requestId'] = id;
  response.setHeader('X-Request-Id', id);
  next();
};
