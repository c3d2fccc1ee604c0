import type { IncomingHttpHeaders } from 'node:http';

/** The API key of a request: `Authorization: Bearer <key>`, or else `X-API-Key: <key>`. */
export function keyOfHeader(headers: IncomingHttpHeaders): string | undefined {
  const { authorization } = headers;
  if (authorization !== undefined) return /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
  const header = headers['x-api-key'];
  return typeof header === 'string' && header !== '' ? header : undefined;
}
