import type { Redis } from 'ioredis';
import { queueKeys, type QueueKeys } from '@event-platform/core/platform/queue-names';
import type { ShardMap } from '@event-platform/core/storage/placement/shards';
import type { TextQueue } from '@event-platform/core/queue/text-job';
import { withRedis } from '../lib/with-redis.ts';

/** Where the data is stored. */
export interface Place {
  shards: ShardMap;
  redisUrl: string;
  keys: QueueKeys;
  queue: Pick<TextQueue, 'toKey'>;
}

/** The keys of the platform, and BullMQ's. */
export function queueOf(prefix: string, name: string): Pick<Place, 'keys' | 'queue'> {
  return {
    keys: queueKeys(prefix, name),
    queue: { toKey: (type) => `${prefix}:${name}:${type}` },
  };
}

/** A connection for one step: Redis may have come back since the last one. */
export function onRedis<T>(place: Place, work: (redis: Redis) => Promise<T>): Promise<T> {
  return withRedis(place.redisUrl, work);
}

/** The name of a shard in a receipt. */
export function shardName({ name }: { name: string }): string {
  return `PostgreSQL ${name}`;
}
