import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { readHarnessEnv } from './harness-env.ts';

/** A corner of the run's Redis for one test file. */
export interface TestRedis {
  url: string;
  /** To be put before every key. The braces make it a hash tag, as in production. */
  prefix: string;
  /** Deletes every key that starts with the prefix. */
  cleanup: () => Promise<void>;
}

/** Makes a prefix that no other test file has. Call `cleanup` in `afterAll`. */
export function testRedis(): TestRedis {
  const { redisUrl } = readHarnessEnv();
  const prefix = `{t-${randomBytes(6).toString('hex')}}`;
  return { url: redisUrl, prefix, cleanup: () => deleteKeys(redisUrl, prefix) };
}

async function deleteKeys(url: string, prefix: string): Promise<void> {
  const redis = new Redis(url);
  try {
    for await (const keys of redis.scanStream({ match: `${prefix}*`, count: 1_000 })) {
      if ((keys as string[]).length > 0) await redis.unlink(...(keys as string[]));
    }
  } finally {
    await redis.quit();
  }
}
