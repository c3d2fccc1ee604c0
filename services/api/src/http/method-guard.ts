import type { RequestHandler } from 'express';
import { RequestError } from '@event-platform/core/event/errors';

/** Put after a path's own handlers: the path exists, but not for this method. */
export function onlyMethods(...methods: string[]): RequestHandler {
  return (_request, response) => {
    response.setHeader('Allow', methods.join(', '));
    throw new RequestError('method_not_allowed', `Use ${methods.join(' or ')} here`);
  };
}
