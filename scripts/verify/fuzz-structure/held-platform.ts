import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApiKey } from '@event-platform/core/storage/accounts/api-keys';
import { createLogger } from '@event-platform/core/platform/logger';
import { createPool } from '@event-platform/core/platform/postgres';
import { bundleImage } from '../../build/images/bundle-image.ts';
import { HeldService } from './held-service.ts';

export interface HeldPlatformOptions {
  /** For programs and logs. */
  dir: string;
  memoryMiB: number;
  databaseUrl: string;
  redisUrl: string;
  redisPrefix: string;
  /** Accounts that get a key each. */
  accounts: readonly string[];
}

/** Api and worker as their images run them, each held to an amount of memory. */
export interface HeldPlatform {
  api: HeldService;
  worker: HeldService;
  /** By account. */
  keys: ReadonlyMap<string, string>;
  stop: () => Promise<void>;
}

const repositoryRoot = fileURLToPath(new URL('../../..', import.meta.url));

/** Bundles both programs and starts them on servers that are there. */
export async function startHeldPlatform(options: HeldPlatformOptions): Promise<HeldPlatform> {
  const { dir, memoryMiB, databaseUrl, redisUrl, redisPrefix } = options;
  const keys = await makeKeys(databaseUrl, options.accounts);
  const start = async (kind: 'api' | 'worker') => {
    const dist = join(dir, kind);
    await bundleImage(kind, repositoryRoot, dist);
    return HeldService.start({
      ...{ kind, dir, memoryMiB, program: join(dist, 'main.js') },
      env: {
        DATABASE_URL: databaseUrl,
        REDIS_URL: redisUrl,
        REDIS_PREFIX: redisPrefix,
        LOG_LEVEL: 'error',
      },
    });
  };
  const worker = await start('worker');
  try {
    const api = await start('api');
    const stop = async () => {
      await api.stop();
      await worker.stop();
    };
    return { api, worker, keys, stop };
  } catch (error) {
    await worker.stop();
    throw error;
  }
}

async function makeKeys(
  databaseUrl: string,
  accounts: readonly string[],
): Promise<Map<string, string>> {
  const settings = { max: 1, statementTimeoutMs: 10_000, applicationName: 'event-platform-fuzz' };
  const directory = createPool({ url: databaseUrl, ...settings }, createLogger('fuzz', 'error'));
  const keys = new Map<string, string>();
  try {
    for (const accountId of accounts) {
      const wanted = { accountId, name: 'fuzz', scopes: ['ingest' as const] };
      keys.set(accountId, (await createApiKey(directory, wanted)).key);
    }
    return keys;
  } finally {
    await directory.end();
  }
}
