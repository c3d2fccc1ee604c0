import { z } from 'zod';
import { defaultQueueName, defaultRedisPrefix } from '../contracts/queue.ts';
import { text, wholeNumber } from './env.ts';
import { isRedisUrl } from './redis-url.ts';

/** Variables that api and worker share. */
export const commonConfig = {
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'starts with postgres:// or postgresql://')
    .meta({
      description: 'PostgreSQL that holds keys, accounts and, without DATABASE_SHARDS, all events.',
    }),
  DATABASE_SHARDS: z.string().optional().meta({
    description:
      'JSON shard map: {"shards":{"s0":"postgres://…"},"accounts":{"whale":"s1"}}. Absent: one shard, DATABASE_URL.',
  }),
  DATABASE_STATEMENT_TIMEOUT_MS: wholeNumber(
    10_000,
    'PostgreSQL ends a statement after this long. Stays well below the 30 s job lock.',
    100,
    25_000,
  ),
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, { error: 'starts with redis:// or rediss://', abort: true })
    .refine(isRedisUrl, {
      error:
        'is not a URL; a password with / @ : # ? or % in it goes into REDIS_PASSWORD as it is, or percent-encoded into the URL',
    })
    .meta({ description: 'Redis that holds the queue, the limits and the summary cache.' }),
  REDIS_USERNAME: z.string().optional().meta({
    description: 'User of Redis’ ACL, as it is. Wins over the one in REDIS_URL.',
  }),
  REDIS_PASSWORD: z.string().optional().meta({
    description:
      'Password of Redis, as it is, whatever its characters. Wins over the one in REDIS_URL.',
  }),
  REDIS_PREFIX: text(
    defaultRedisPrefix,
    'Start of every Redis key; keep the braces for Redis Cluster. KEDA watches keys below it.',
  ),
  QUEUE_NAME: text(defaultQueueName, 'Name of the BullMQ queue.'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info')
    .meta({ description: 'Least severe level that is logged.' }),
  HOST: text('0.0.0.0', 'Address to listen on.'),
  METRIC_ACCOUNTS: wholeNumber(
    50,
    'How many accounts get metric labels of their own; the rest count as "other".',
    0,
    10_000,
  ),
};
