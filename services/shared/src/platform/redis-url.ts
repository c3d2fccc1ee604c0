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

/** Whether a client can read the URL; the error of one that cannot would hold all of it. */
export function isRedisUrl(text: string): boolean {
  try {
    const { protocol, username, password, hostname } = new URL(text);
    decodeURIComponent(`${username}${password}`);
    return hostname !== '' && (protocol === 'redis:' || protocol === 'rediss:');
  } catch {
    return false;
  }
}
