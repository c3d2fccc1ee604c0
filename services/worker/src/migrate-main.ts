import { setTimeout as sleep } from 'node:timers/promises';
import { awaitSchema } from '@event-platform/core/storage/await-schema';
import { sqlstateOf } from '@event-platform/core/storage/session/retry-policy';
import { migrate } from '@event-platform/core/storage/migrate';
import { databaseUrls, shardProblems } from '@event-platform/core/storage/placement/shards';
import { commonConfig } from '@event-platform/core/platform/common-config';
import { exitMisconfigured, readConfigOrExit } from '@event-platform/core/platform/config-or-exit';
import { ConfigError, parseEnv } from '@event-platform/core/platform/env';
import { createLogger } from '@event-platform/core/platform/logger';

// Brings every shard to the newest schema and exits: the chart's migration Job. With --wait it changes
// nothing and exits once every shard has that schema: the chart's init container of the api.
const isWaiting = process.argv.includes('--wait');
const { DATABASE_URL, DATABASE_SHARDS, LOG_LEVEL } = commonConfig;
const variables = { DATABASE_URL, DATABASE_SHARDS, LOG_LEVEL };
const config = readConfigOrExit('migration', (env) => parseEnv(variables, env, shardProblems));
const logger = createLogger('migrate', config.LOG_LEVEL);

// As the first process of a container, Node would ignore the signal; a migration cut short is rolled back.
process.once('SIGTERM', () => process.exit(143));

for (const url of databaseUrls(config)) {
  const { host } = new URL(url);
  const onWait = (reason: string) => logger.info({ host, reason }, 'waiting for the schema');
  try {
    await (isWaiting ? awaitSchema(url, { onWait }) : migrateOnceUp(url, onWait));
  } catch (error) {
    if (error instanceof ConfigError) exitMisconfigured('migration', error);
    logger.fatal({ host, err: error }, 'the schema was not changed: PostgreSQL refused');
    process.exit(1);
  }
  logger.info({ host }, 'the schema is up to date');
}

/** A PostgreSQL that starts at the same time has a minute to come up. Any other error ends the migration at once. */
async function migrateOnceUp(url: string, onWait: (reason: string) => void): Promise<void> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    try {
      await migrate(url);
      return;
    } catch (error) {
      const state = sqlstateOf(error);
      const isStarting =
        !(error instanceof ConfigError) && (state === undefined || state === '57P03');
      if (!isStarting || performance.now() > deadline) throw error;
      onWait(error instanceof Error ? error.message : String(error));
    }
    await sleep(1_000);
  }
}
