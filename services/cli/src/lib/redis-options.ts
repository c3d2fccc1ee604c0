import { Option, type Command } from 'commander';
import { defaultQueueName, defaultRedisPrefix } from '@event-platform/core/platform/queue-names';
import { redisUrlOf } from '@event-platform/core/platform/redis-url';
import { localRedisUrl } from './local-redis-url.ts';
import { variableOption } from './option-parsers.ts';

export interface RedisOptions {
  redisUrl?: string;
  redisUsername?: string;
  redisPassword?: string;
}

/** What a queue in Redis is found by. */
export interface QueueOptions extends RedisOptions {
  redisPrefix: string;
  queueName: string;
}

/** Adds `--redis-url` and its credentials, each with its environment variable. */
export function addRedisOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--redis-url <url>', 'Redis; without it the one of `make up`')
        .env('REDIS_URL')
        .argParser(variableOption('REDIS_URL')),
    )
    .addOption(
      new Option('--redis-username <name>', 'wins over the one in the URL')
        .env('REDIS_USERNAME')
        .argParser(variableOption('REDIS_USERNAME')),
    )
    .addOption(
      new Option(
        '--redis-password <text>',
        'wins over the one in the URL; better as variable, which `ps` does not show',
      )
        .env('REDIS_PASSWORD')
        .argParser(variableOption('REDIS_PASSWORD')),
    );
}

/** As above, with the names that the keys of the queue are made of. */
export function addQueueOptions(command: Command): Command {
  return addRedisOptions(command)
    .addOption(
      new Option('--redis-prefix <prefix>', 'start of every key')
        .env('REDIS_PREFIX')
        .argParser(variableOption('REDIS_PREFIX'))
        .default(defaultRedisPrefix),
    )
    .addOption(
      new Option('--queue-name <name>', 'of the BullMQ queue')
        .env('QUEUE_NAME')
        .argParser(variableOption('QUEUE_NAME'))
        .default(defaultQueueName),
    );
}

/**
 * As given, with user and password as the pods have them; else the local one, which has neither.
 *
 * @throws CliError when none is known
 */
export function resolveRedis({ redisUrl, redisUsername, redisPassword }: RedisOptions): string {
  if (redisUrl === undefined) return localRedisUrl();
  return redisUrlOf({
    REDIS_URL: redisUrl,
    REDIS_USERNAME: redisUsername,
    REDIS_PASSWORD: redisPassword,
  });
}
