import type { Request, RequestHandler, Response } from 'express';
import { scopes, type Principal } from '@event-platform/core/storage/accounts/api-key';
import { RequestError } from '@event-platform/core/event/errors';
import { clientKey } from '../http/client-address.ts';
import type { RouteAuth } from '../http/route.ts';
import type { FailedKeys } from './failed-keys.ts';
import type { KeyCache } from './key-cache.ts';

/** The known keys and the failures; absent with AUTH=off. */
export interface Keys {
  cache: KeyCache;
  failed: FailedKeys;
}

const anonymous: Principal = { keyId: 'anonymous', accountId: undefined, scopes };

/**
 * Turns a request into a principal with the scope that the route needs, under `response.locals.principal`.
 * Without keys (AUTH=off) every request may do everything.
 *
 * @throws RequestError key_missing, key_invalid, ip_limit, scope_missing or directory_unavailable
 */
export function createAuthenticate(keys: Keys | undefined, auth: RouteAuth): RequestHandler {
  if (!keys) {
    return (_request, response, next) => {
      response.locals['principal'] = anonymous;
      next();
    };
  }
  return async (request, response, next) => {
    response.locals['principal'] = await identify(keys, request, auth);
    next();
  };
}

/** The principal that `createAuthenticate` left behind. */
export function principalOf(response: Response): Principal {
  return response.locals['principal'] as Principal;
}

async function identify(
  { cache, failed }: Keys,
  request: Request,
  { scope, readKey }: RouteAuth,
): Promise<Principal> {
  const key = readKey(request.headers);
  if (key === undefined) throw new RequestError('key_missing');
  const client = clientKey(request);
  const found = await cache.find(key, () => failed.mayRead(client));
  if (found.outcome === 'unavailable') {
    throw new RequestError('directory_unavailable', undefined, { retryAfterSeconds: 5 });
  }
  if (found.outcome === 'unknown') throw failed.note(client);
  const { principal } = found;
  if (!principal.scopes.includes(scope) && !principal.scopes.includes('admin')) {
    throw new RequestError('scope_missing', `The API key does not have the scope "${scope}"`);
  }
  return principal;
}
