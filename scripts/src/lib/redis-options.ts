import { Option, type Command } from 'commander';
import { redisUrlOf } from '@event-platform/shared/platform/redis-url';
import { localRedisUrl } from './local-redis-url.ts';
import { urlOption } from './option-parsers.ts';

export interface RedisOptions {
  redisUrl?: string;
  redisUsername?: string;
  redisPassword?: string;
}

/** Adds `--redis-url`, `--redis-username` and `--redis-password`, each with its environment variable. */
export function addRedisOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--redis-url <url>', 'Redis; without it the one of `make up`')
        .env('REDIS_URL')
        .argParser(urlOption('redis:', 'rediss:')),
    )
    .addOption(
      new Option('--redis-username <name>', 'wins over the one in the URL').env('REDIS_USERNAME'),
    )
    .addOption(
      new Option(
        '--redis-password <text>',
        'wins over the one in the URL; better as variable, which `ps` does not show',
      ).env('REDIS_PASSWORD'),
    );
}

/** As given, with user and password as the pods have them; else the local one, which has neither. */
export function resolveRedis({ redisUrl, redisUsername, redisPassword }: RedisOptions): string {
  if (redisUrl === undefined) return localRedisUrl();
  return redisUrlOf({
    REDIS_URL: redisUrl,
    REDIS_USERNAME: redisUsername,
    REDIS_PASSWORD: redisPassword,
  });
}
