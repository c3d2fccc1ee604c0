import { migrate } from '@event-platform/shared/database/migrate';
import { parseShardSettings } from '@event-platform/shared/database/shards';
import { commonConfig } from '@event-platform/shared/platform/common-config';
import { parseEnv } from '@event-platform/shared/platform/env';
import { createLogger } from '@event-platform/shared/platform/logger';

// Brings every shard to the newest schema and exits. The chart runs this as a Job before the pods.
const { DATABASE_URL, DATABASE_SHARDS, LOG_LEVEL } = commonConfig;
const config = parseEnv({ DATABASE_URL, DATABASE_SHARDS, LOG_LEVEL }, process.env);
const logger = createLogger('migrate', config.LOG_LEVEL);
const settings = parseShardSettings(config.DATABASE_SHARDS, config.DATABASE_URL);
for (const url of new Set([config.DATABASE_URL, ...Object.values(settings.shards)])) {
  await migrate(url);
  logger.info({ host: new URL(url).host }, 'the schema is up to date');
}
