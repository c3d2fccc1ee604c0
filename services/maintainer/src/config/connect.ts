import type { Redis } from 'ioredis';
import type { Registry } from 'prom-client';
import type { Logger } from '@event-platform/core/platform/logger';
import { createRegistry } from '@event-platform/core/platform/metrics';
import { queueKeys, type QueueKeys } from '@event-platform/core/platform/queue-names';
import { createRequestRedis } from '@event-platform/core/platform/redis';
import { redisUrlOf } from '@event-platform/core/platform/redis-url';
import { TextQueue } from '@event-platform/core/queue/text-job';
import { openShards } from '@event-platform/core/storage/placement/open-shards';
import type { ShardMap } from '@event-platform/core/storage/placement/shards';
import type { MaintainerConfig } from './config.ts';
import { connectionsPerShard } from './connections-per-shard.ts';

/** The connections of the maintainer, shared by its tasks. */
export interface Connections {
  keys: QueueKeys;
  shards: ShardMap;
  redis: Redis;
  queue: TextQueue;
  registry: Registry;
}

/** A task fails rather than waits: it runs again soon. */
const redisTimeoutMs = 5_000;

const applicationName = 'event-platform-maintainer';

/** Opens the connections; none of them needs its server to be up. */
export function connect(config: MaintainerConfig, logger: Logger): Connections {
  const redis = createRequestRedis(redisUrlOf(config), redisTimeoutMs, logger);
  const queue = new TextQueue(config.QUEUE_NAME, {
    connection: redis,
    prefix: config.REDIS_PREFIX,
  });
  queue.on('error', (error) => logger.debug({ err: error }, 'the queue reports an error'));
  return {
    keys: queueKeys(config.REDIS_PREFIX, config.QUEUE_NAME),
    shards: openShards(config, { max: connectionsPerShard, applicationName }, logger),
    redis,
    queue,
    registry: createRegistry('maintainer'),
  };
}
