import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApiKey } from '@event-platform/core/storage/accounts/api-keys';
import { migrate } from '@event-platform/core/storage/migrate';
import { startPostgres } from '@event-platform/testkit/servers/postgres-server';
import { startRedis } from '@event-platform/testkit/servers/redis-server';
import { createLogger } from '@event-platform/core/platform/logger';
import { createPool } from '@event-platform/core/platform/postgres';
import { parseApiConfig } from '@event-platform/api/config/config';
import { startApi } from '@event-platform/api/start-api';
import { parseWorkerConfig } from '@event-platform/worker/config/config';
import { startWorker } from '@event-platform/worker/start-worker';

export type AuthMode = 'keys' | 'off';

/** A whole platform of its own, to be shot at. */
export interface Target {
  url: string;
  /** Of the operators, so that it reaches every account; undefined with AUTH=off. */
  key: string | undefined;
  stop: () => Promise<void>;
}

/** Starts PostgreSQL, Redis, api and worker; they end with this process, however that ends. */
export async function startTarget(auth: AuthMode): Promise<Target> {
  const dir = mkdtempSync(join(tmpdir(), 'event-platform-fuzz-'));
  // As root, PostgreSQL runs as another account, which has to pass through.
  chmodSync(dir, 0o755);
  const stops: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of stops.toReversed()) await step();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    const postgres = await startPostgres({
      dataDir: join(dir, 'postgres'),
      port: 0,
      durable: false,
    });
    stops.push(() => postgres.stop());
    const redis = await startRedis({ dataDir: join(dir, 'redis'), port: 0, appendonly: false });
    stops.push(() => redis.stop());
    await migrate(postgres.url);
    const env = { DATABASE_URL: postgres.url, REDIS_URL: redis.url, HOST: '127.0.0.1' };
    // Errors are shown between the lines of schemathesis: none is expected.
    const logger = createLogger('fuzz', 'error');
    const worker = await startWorker(parseWorkerConfig({ ...env, OPS_PORT: '0' }), logger);
    stops.push(() => worker.stop());
    const api = await startApi(parseApiConfig({ ...env, AUTH: auth, PORT: '0' }), logger);
    stops.push(() => api.stop());
    const key = auth === 'keys' ? await makeKey(postgres.url) : undefined;
    return { url: `http://127.0.0.1:${api.port}`, key, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function makeKey(databaseUrl: string): Promise<string> {
  const settings = { max: 1, statementTimeoutMs: 10_000, applicationName: 'event-platform-fuzz' };
  const directory = createPool({ url: databaseUrl, ...settings }, createLogger('fuzz', 'error'));
  try {
    const { key } = await createApiKey(directory, {
      accountId: null,
      name: 'fuzz',
      scopes: ['ingest', 'read', 'admin'],
    });
    return key;
  } finally {
    await directory.end();
  }
}
