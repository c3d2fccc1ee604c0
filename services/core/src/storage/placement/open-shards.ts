import type { Logger } from '../../platform/logger.ts';
import { createPool } from '../../platform/postgres.ts';
import { createShardMap, parseShardSettings, type ShardMap } from './shards.ts';

/** The variables that say where the shards are (platform/common-config.ts). */
interface ShardConfig {
  DATABASE_URL: string;
  DATABASE_SHARDS?: string | undefined;
  DATABASE_STATEMENT_TIMEOUT_MS: number;
}

/**
 * Opens the shard map of a process as its configuration says; no server needs to be up.
 *
 * @param pool.max connections to each shard
 * @throws ConfigError when DATABASE_SHARDS is wrong
 */
export function openShards(
  config: ShardConfig,
  pool: { max: number; applicationName: string },
  logger: Logger,
): ShardMap {
  return createShardMap(
    parseShardSettings(config.DATABASE_SHARDS, config.DATABASE_URL),
    config.DATABASE_URL,
    (url) =>
      createPool(
        { url, ...pool, statementTimeoutMs: config.DATABASE_STATEMENT_TIMEOUT_MS },
        logger,
      ),
  );
}
