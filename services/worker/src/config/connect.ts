import type { Redis } from 'ioredis';
import { queueKeys, type QueueKeys } from '@event-platform/core/platform/queue-names';
import { openShards } from '@event-platform/core/storage/placement/open-shards';
import type { ShardMap } from '@event-platform/core/storage/placement/shards';
import type { Logger } from '@event-platform/core/platform/logger';
import { createWorkerRedis } from '@event-platform/core/platform/redis';
import { redisUrlOf } from '@event-platform/core/platform/redis-url';
import type { WorkerConfig } from './config.ts';

/** The connections of the worker, shared by all its parts. */
export interface Connections {
  keys: QueueKeys;
  shards: ShardMap;
  redis: Redis;
}

/** Connections of a pool beside those of the writers: for the schema and the classes of accounts. */
const spareConnections = 1;

const applicationName = 'event-platform-worker';

/** Opens the connections; none of them needs its server to be up. */
export function connect(config: WorkerConfig, logger: Logger): Connections {
  const redis = createWorkerRedis(redisUrlOf(config), logger);
  return {
    keys: queueKeys(config.REDIS_PREFIX, config.QUEUE_NAME),
    shards: openShards(config, { max: config.WRITERS + spareConnections, applicationName }, logger),
    redis,
  };
}
