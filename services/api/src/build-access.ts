import { FailedKeys } from './access/failed-keys.ts';
import { KeyCache } from './access/key-cache.ts';
import type { Keys } from './access/authenticate.ts';
import type { ApiConfig } from './config/config.ts';
import type { Connections } from './config/connect.ts';

/** What tells who is asking. */
export interface Access {
  /** Absent with AUTH=off. */
  keys: Keys | undefined;
  /** Reads the keys, and goes on reading new ones. */
  start: () => Promise<void>;
  stop: () => Promise<void>;
}

/** Builds the check of API keys. */
export function buildAccess(config: ApiConfig, { shards }: Pick<Connections, 'shards'>): Access {
  if (config.AUTH === 'off') {
    return { keys: undefined, start: () => Promise.resolve(), stop: () => Promise.resolve() };
  }
  const cache = new KeyCache(shards.directory, Date.now);
  return {
    keys: { cache, failed: new FailedKeys(config.KEY_FAILURES_PER_MINUTE) },
    start: () => cache.start(),
    stop: () => cache.stop(),
  };
}
