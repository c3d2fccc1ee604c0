import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where programs that we fetched or copied are kept, outside the clone, so that every clone shares
 * them. As root it is a directory that other accounts can enter, as `/root` is closed to them.
 */
export function cacheDir(): string {
  if (process.getuid?.() === 0) return '/var/lib/event-platform';
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'event-platform');
}
