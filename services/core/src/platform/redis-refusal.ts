import type { Redis } from 'ioredis';
import { ConfigError } from './env.ts';

/** How Redis begins its response to a client whose credentials are wrong, or do not allow a command. */
const refusals = /^(WRONGPASS|NOAUTH|NOPERM|ERR invalid password|ERR Client sent AUTH)/;

/**
 * Watches whether Redis refuses this process, as with a wrong password. That is no outage but a
 * mistake in the configuration, as long as it was never otherwise: a password that is changed later
 * must not take processes out of service that can do without Redis.
 *
 * @returns a function that gives Redis' own words, or undefined
 */
export function watchRefusal(redis: Redis): () => string | undefined {
  let refusal: string | undefined;
  const onError = ({ message }: Error) => {
    if (refusals.test(message)) refusal = message;
  };
  redis.on('error', onError);
  redis.once('ready', () => {
    redis.off('error', onError);
    refusal = undefined;
  });
  return () => refusal;
}

/** How Redis answers a SELECT of a database that it does not have. */
const noDatabase = /^ERR (DB index is out of range|invalid DB index|SELECT is not allowed)/;

/**
 * Whether an error says that the database of REDIS_URL is none. ioredis goes on in database 0 then,
 * where somebody else's keys may lie.
 */
export function isNoDatabase({ message }: Error): boolean {
  return noDatabase.test(message);
}

/**
 * Resolves when Redis, before it ever let this process in, says that it has no such database; else never.
 * Redis may come up long after this process.
 */
export function watchDatabase(redis: Redis): Promise<ConfigError> {
  return new Promise((resolve) => {
    const onError = (error: Error) => {
      if (!isNoDatabase(error)) return;
      const at = String(redis.options.db ?? 0);
      resolve(
        new ConfigError(
          `REDIS_URL: Redis has no database ${at} (${error.message}); name another one at the end, such as /0, or raise \`databases\` in its configuration`,
        ),
      );
    };
    redis.on('error', onError);
    redis.once('ready', () => redis.off('error', onError));
  });
}
