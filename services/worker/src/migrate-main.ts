import { awaitSchema } from '@event-platform/shared/database/await-schema';
import { migrate } from '@event-platform/shared/database/migrate';
import { parseShardSettings } from '@event-platform/shared/database/shards';
import { commonConfig } from '@event-platform/shared/platform/common-config';
import { parseEnv } from '@event-platform/shared/platform/env';
import { createLogger } from '@event-platform/shared/platform/logger';

// Brings every shard to the newest schema and exits: the chart's migration Job. With --wait it changes
// nothing and exits once every shard has that schema: the chart's init containers.
const isWaiting = process.argv.includes('--wait');
const { DATABASE_URL, DATABASE_SHARDS, LOG_LEVEL } = commonConfig;
const config = parseEnv({ DATABASE_URL, DATABASE_SHARDS, LOG_LEVEL }, process.env);
const logger = createLogger('migrate', config.LOG_LEVEL);
const settings = parseShardSettings(config.DATABASE_SHARDS, config.DATABASE_URL);

// As the first process of a container, Node would ignore the signal; a migration cut short is rolled back.
process.once('SIGTERM', () => process.exit(143));

for (const url of new Set([config.DATABASE_URL, ...Object.values(settings.shards)])) {
  const { host } = new URL(url);
  const onWait = (reason: string) =>
    logger.info({ host, reason }, 'waiting for the schema; the migration Job brings it');
  await (isWaiting ? awaitSchema(url, { onWait }) : migrate(url));
  logger.info({ host }, 'the schema is up to date');
}
