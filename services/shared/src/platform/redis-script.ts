/**
 * A command that ioredis' `defineCommand` made of a Lua script without a fixed number of keys: first how many keys
 * there are, then the keys and the arguments. Lists are taken apart.
 */
export type RedisScript<Answer = unknown> = (
  keyCount: number,
  ...keysAndArguments: (string | number | (string | number)[])[]
) => Promise<Answer>;
