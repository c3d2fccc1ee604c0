import { z } from 'zod';
import { defaultQueueName, defaultRedisPrefix } from './queue-names.ts';
import { evaluatedText, oneOf, wholeNumber } from './env.ts';
import { whyNoHost, whyNoPrefix, whyNoQueueName, whyNoSecret } from './check-names.ts';
import { whyNoPostgresUrl } from './postgres-url.ts';
import { whyNoRedisUrl, type RedisAddress } from './redis-url.ts';

/** Not trimmed: a blank may be part of it. */
const secret = z.string().superRefine((value, context) => {
  const message = whyNoSecret(value);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

/** Variables that api and worker share. */
export const commonConfig = {
  DATABASE_URL: evaluatedText(whyNoPostgresUrl).meta({
    description: 'PostgreSQL that holds keys, accounts and, without DATABASE_SHARDS, all events.',
    pattern: '^postgres(ql)?://',
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
  REDIS_URL: evaluatedText(whyNoRedisUrl).meta({
    description: 'Redis that holds the queue, the limits and the summary cache.',
    pattern: '^rediss?://',
  }),
  REDIS_USERNAME: secret.optional().meta({
    description: 'User of Redis’ ACL, as it is. Wins over the one in REDIS_URL.',
  }),
  REDIS_PASSWORD: secret.optional().meta({
    description:
      'Password of Redis, as it is, whatever its characters. Wins over the one in REDIS_URL.',
  }),
  REDIS_PREFIX: evaluatedText(whyNoPrefix).default(defaultRedisPrefix).meta({
    description:
      'Start of every Redis key; keep the braces for Redis Cluster. KEDA watches keys below it.',
  }),
  QUEUE_NAME: evaluatedText(whyNoQueueName)
    .default(defaultQueueName)
    .meta({ description: 'Name of the BullMQ queue.' }),
  LOG_LEVEL: oneOf(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    'info',
    'Least severe level that is logged.',
  ),
  HOST: evaluatedText(whyNoHost).default('0.0.0.0').meta({ description: 'Address to listen on.' }),
  METRIC_ACCOUNTS: wholeNumber(
    50,
    'How many accounts get metric labels of their own; the rest count as "other".',
    0,
    10_000,
  ),
};

/** What the variables above say that contradicts each other, one sentence each. */
export function commonContradictions(config: RedisAddress): string[] {
  const { REDIS_URL, REDIS_USERNAME, REDIS_PASSWORD } = config;
  const { username, password } = new URL(REDIS_URL);
  const isNamed = (REDIS_USERNAME ?? username) !== '';
  // The client would come in as the default user, without a word.
  return isNamed && (REDIS_PASSWORD ?? password) === ''
    ? ['REDIS_USERNAME: needs REDIS_PASSWORD, or a password in REDIS_URL']
    : [];
}
