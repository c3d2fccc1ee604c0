import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Registry } from 'prom-client';
import { queueKeys, type QueueKeys } from '@event-platform/core/platform/queue-names';
import { openShards } from '@event-platform/core/storage/placement/open-shards';
import type { ShardMap } from '@event-platform/core/storage/placement/shards';
import type { Logger } from '@event-platform/core/platform/logger';
import { createRegistry } from '@event-platform/core/platform/metrics';
import { createRequestRedis } from '@event-platform/core/platform/redis';
import { redisUrlOf } from '@event-platform/core/platform/redis-url';
import { Enqueuer } from '@event-platform/core/queue/enqueuer';
import { CommitNotifications } from '@event-platform/core/queue/commit-notifications';
import { TextQueue } from '@event-platform/core/queue/text-job';
import { PendingIds } from '@event-platform/core/queue/pending-ids';
import type { ApiConfig } from './config.ts';

/** What the api is connected to, shared by all its parts. */
export interface Connections {
  keys: QueueKeys;
  /** For summaries, receipts and keys. */
  shards: ShardMap;
  /** For direct writes, so that slow summaries cannot starve them. */
  directShards: ShardMap;
  redis: Redis;
  queue: TextQueue;
  /** Which events wait in the queue. */
  pendingIds: PendingIds;
  /** Adds jobs, with their notes and counts. */
  enqueuer: Enqueuer;
  /** Which of the events that requests wait for are stored. */
  notifications: CommitNotifications;
  registry: Registry;
  /** This process, in the ledger and in its jobs. */
  process: string;
}

const applicationName = 'event-platform-api';

/** Opens the connections; none of them needs its server to be up. */
export function connect(config: ApiConfig, logger: Logger): Connections {
  const redis = createRequestRedis(redisUrlOf(config), config.REDIS_TIMEOUT_MS, logger);
  const queue = new TextQueue(config.QUEUE_NAME, {
    connection: redis,
    prefix: config.REDIS_PREFIX,
  });
  queue.on('error', (error) => logger.debug({ err: error }, 'the queue reports an error'));
  const process = randomUUID();
  const keys = queueKeys(config.REDIS_PREFIX, config.QUEUE_NAME);
  return {
    keys,
    shards: openShards(config, { max: config.QUERY_CONNECTIONS, applicationName }, logger),
    directShards: openShards(config, { max: config.DIRECT_WRITERS, applicationName }, logger),
    redis,
    queue,
    pendingIds: new PendingIds(redis, keys),
    enqueuer: new Enqueuer({ redis, queue, keys, process }),
    notifications: new CommitNotifications(redis, keys, process),
    registry: createRegistry('api'),
    process,
  };
}
