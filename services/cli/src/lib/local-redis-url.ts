import { CliError } from './cli-error.ts';
import { findLocalUrls } from './local-urls.ts';

/**
 * The Redis of `make up`, for commands without an address.
 *
 * @throws CliError with what to do, when it does not run
 */
export function localRedisUrl(): string {
  const url = findLocalUrls()?.redisUrl;
  if (url !== undefined) return url;
  throw new CliError(
    'No Redis is known: start the local one with `make up`, or give --redis-url or REDIS_URL.',
  );
}
