import { isPlainUrl } from './postgres-url.ts';

/** The variables that say where Redis is and who asks (common-config.ts). */
export interface RedisAddress {
  REDIS_URL: string;
  REDIS_USERNAME?: string | undefined;
  REDIS_PASSWORD?: string | undefined;
}

/**
 * The URL to connect with: that of REDIS_URL, with user and password from variables of their own where
 * those are set. A Secret holds a password as it is, and pasted into a URL its `/`, `@` or `%` would
 * mean something else; here they are encoded. Holds a secret, so it belongs into no log.
 */
export function redisUrlOf({ REDIS_URL, REDIS_USERNAME, REDIS_PASSWORD }: RedisAddress): string {
  if (REDIS_USERNAME === undefined && REDIS_PASSWORD === undefined) return REDIS_URL;
  const url = new URL(REDIS_URL);
  // The setters of URL leave a percent sign as it is, which the reader would take for an escape.
  if (REDIS_USERNAME !== undefined) url.username = encodeURIComponent(REDIS_USERNAME);
  if (REDIS_PASSWORD !== undefined) url.password = encodeURIComponent(REDIS_PASSWORD);
  return url.href;
}

const encode =
  'is not a URL; a password with / @ : # ? or % in it goes into REDIS_PASSWORD as it is, or percent-encoded into the URL';

/**
 * Says why a client could not read a URL; its own error would hold all of it.
 *
 * @returns a sentence without the URL, which may hold a password; undefined where nothing is wrong
 */
export function whyNoRedisUrl(text: string): string | undefined {
  if (!/^rediss?:\/\//.test(text)) return 'starts with redis:// or rediss://';
  if (!isPlainUrl(text)) return encode;
  const { hostname, pathname, port, searchParams } = new URL(text);
  if (hostname === '' || port === '0')
    return 'names no host and port, as redis://cache:6379/0 does';
  const database = searchParams.get('db') ?? pathname.slice(1);
  if (!/^\d{0,9}$/.test(database)) return 'ends with the number of a database, as /0, or with none';
  return undefined;
}
