import { InvalidArgumentError } from 'commander';
import { scopes, type Scope } from '@event-platform/core/storage/accounts/api-key';

/**
 * Reads `ingest,read`.
 *
 * @throws InvalidArgumentError when a scope is unknown or none is given
 */
export function parseScopes(text: string): Scope[] {
  const wanted = text.split(',').map((name) => name.trim());
  const unknown = wanted.filter((name) => !(scopes as readonly string[]).includes(name));
  if (unknown.length > 0) {
    throw new InvalidArgumentError(`Scopes are ${scopes.join(', ')}, separated by commas.`);
  }
  return scopes.filter((scope) => wanted.includes(scope));
}
