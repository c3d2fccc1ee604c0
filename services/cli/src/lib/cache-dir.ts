import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** The home directory: of HOME, unless that is empty or relative, as some containers have it. */
export function homeDir(env: Env = process.env): string {
  const home = env['HOME'];
  return home !== undefined && isAbsolute(home) ? home : userInfo().homedir;
}

/**
 * Where this user's programs keep what they can fetch again. By the XDG specification a path that is not
 * absolute, and so an empty one, counts as none.
 */
export function userCacheDir(env: Env = process.env): string {
  const cache = env['XDG_CACHE_HOME'];
  return cache !== undefined && isAbsolute(cache) ? cache : join(homeDir(env), '.cache');
}

/**
 * Where programs that we fetched or copied are kept, outside the clone, so that every clone shares
 * them. As root it is a directory that other accounts can enter, as `/root` is closed to them.
 */
export function cacheDir(): string {
  if (process.getuid?.() === 0) return '/var/lib/event-platform';
  return join(userCacheDir(), 'event-platform');
}
