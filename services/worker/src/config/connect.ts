import type { Redis } from 'ioredis';
import { queueKeys, type QueueKeys } from '@event-platform/core/platform/queue-names';
import { openShards } from '@event-platform/core/storage/placement/open-shards';
import type { ShardMap } from '@event-platform/core/storage/placement/shards';
import type { Logger } from '@event-platform/core/platform/logger';
import { createWorkerRedis } from '@event-platform/core/platform/redis';
import { redisUrlOf } from '@event-platform/core/platform/redis-url';
import { TextQueue } from '@event-platform/core/queue/text-job';
import type { WorkerConfig } from './config.ts';

/** What the worker is connected to, shared by all its parts. */
export interface Connections {
  keys: QueueKeys;
  shards: ShardMap;
  redis: Redis;
  queue: TextQueue;
}

/** Connections of a pool beside those of the writers: burying and what an operator's look needs. */
const spareConnections = 1;

const applicationName = 'event-platform-worker';

/** Opens the connections; none of them needs its server to be up. */
export function connect(config: WorkerConfig, logger: Logger): Connections {
  const redis = createWorkerRedis(redisUrlOf(config), logger);
  const queue = new TextQueue(config.QUEUE_NAME, {
    connection: redis,
    prefix: config.REDIS_PREFIX,
  });
  queue.on('error', (error) => logger.debug({ err: error }, 'the queue reports an error'));
  return {
    keys: queueKeys(config.REDIS_PREFIX, config.QUEUE_NAME),
    shards: openShards(config, { max: config.WRITERS + spareConnections, applicationName }, logger),
    redis,
    queue,
  };
}
