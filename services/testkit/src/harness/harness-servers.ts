import { migrate } from '@event-platform/core/storage/migrate';
import { withClient } from '../servers/with-client.ts';
import { startStack } from '../stack.ts';
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
  const stack = await startStack({
    postgres: { durable: false },
    redis: { appendonly: false },
    migrates: false,
    onProgress: (message) => void process.stderr.write(`${message}\n`),
  });
  const { databaseUrl: postgresUrl, redisUrl } = stack;
  try {
    await makeTemplate(postgresUrl);
    return { env: { postgresUrl, redisUrl, template }, stop: () => stack.stop() };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

async function makeTemplate(postgresUrl: string): Promise<void> {
  await withClient(postgresUrl, (client) => client.query(`CREATE DATABASE ${template}`));
  const url = new URL(postgresUrl);
  url.pathname = template;
  await migrate(url.href);
}
