import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '@event-platform/core/storage/migrate';
import { startPostgres } from '../servers/postgres-server.ts';
import { startRedis } from '../servers/redis-server.ts';
import type { HarnessEnv } from './harness-env.ts';

/** The servers of one test run. */
export interface HarnessServers {
  env: HarnessEnv;
  stop: () => Promise<void>;
}

const template = 'template_migrated';

/**
 * Starts one PostgreSQL and one Redis for the whole run, in a temporary directory, and makes the
 * template database. Nothing is left behind when a step fails.
 *
 * @throws the error of the step that failed
 */
export async function startHarnessServers(): Promise<HarnessServers> {
  const dir = mkdtempSync(join(tmpdir(), 'event-platform-tests-'));
  // As root, PostgreSQL runs as another account, which has to pass through.
  chmodSync(dir, 0o755);
  const onProgress = (message: string): void => void process.stderr.write(`${message}\n`);
  const starts = await Promise.allSettled([
    startPostgres({ dataDir: join(dir, 'postgres'), port: 0, durable: false, onProgress }),
    startRedis({ dataDir: join(dir, 'redis'), port: 0, appendonly: false, onProgress }),
  ]);
  const stop = async (): Promise<void> => {
    for (const start of starts) if (start.status === 'fulfilled') await start.value.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    const [postgres, redis] = starts;
    if (postgres.status === 'rejected') throw postgres.reason;
    if (redis.status === 'rejected') throw redis.reason;
    await makeTemplate(postgres.value.url);
    return { env: { postgresUrl: postgres.value.url, redisUrl: redis.value.url, template }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function makeTemplate(postgresUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${template}`);
  } finally {
    await client.end();
  }
  const url = new URL(postgresUrl);
  url.pathname = template;
  await migrate(url.href);
}
