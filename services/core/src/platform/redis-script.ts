import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** What a script takes beside its keys. A Buffer stays as it is, byte by byte. */
export type ScriptArgument = string | number | Buffer;

/** Runs one script. Rejects with the error of the client, or with what the script raised. */
export type RedisScript<Answer = unknown> = (
  keys: readonly string[],
  values: readonly ScriptArgument[],
) => Promise<Answer>;

/**
 * Makes a function of a Lua script. It is called by its digest, and once more with its text if Redis
 * does not know it. Nothing is remembered of what a connection has loaded: Redis loses scripts without
 * closing one, after SCRIPT FLUSH, when those of others displace them, behind a proxy that fails over.
 * ioredis' `defineCommand` remembers, and inside MULTI it never learns better.
 */
export function createScript<Answer>(redis: Redis, lua: string): RedisScript<Answer> {
  const digest = createHash('sha1').update(lua).digest('hex');
  const run = (command: 'evalsha' | 'eval', script: string, list: ScriptArgument[]) =>
    redis.call(command, [script, ...list]) as Promise<Answer>;
  return async (keys, values) => {
    const list = [keys.length, ...keys, ...values];
    try {
      return await run('evalsha', digest, list);
    } catch (error) {
      // Nothing of it has run then.
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return run('eval', lua, list);
    }
  };
}
