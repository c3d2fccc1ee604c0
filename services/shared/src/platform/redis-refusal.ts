import type { Redis } from 'ioredis';

/** How Redis begins its answer to a client that may not come in, or may not do what it must. */
const refusals = /^(WRONGPASS|NOAUTH|NOPERM|ERR invalid password|ERR Client sent AUTH)/;

/**
 * Watches whether Redis turns this process away, as with a wrong password. That is no outage but a
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
