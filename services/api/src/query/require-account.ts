import type { Principal } from '@event-platform/core/storage/accounts/api-key';
import { RequestError } from '@event-platform/core/event/errors';

/**
 * Lets a principal through to its own account. Another account gets 404 and not 403, so that a key
 * cannot find out which accounts exist.
 *
 * @throws RequestError not_found
 */
export function requireAccount(principal: Principal, accountId: string): void {
  if (principal.accountId !== undefined && principal.accountId !== accountId) {
    throw new RequestError('not_found');
  }
}
