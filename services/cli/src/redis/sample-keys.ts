import type { Redis } from 'ioredis';

/** Keys that begin alike, and the memory that they use. */
export interface KeyGroup {
  name: string;
  keys: number;
  bytes: number;
}

/** Below the queue's prefix so many parts name a group: `{ep}:events:1234` is of `{ep}:events`. */
const partsOfGroup = 2;

/**
 * Reads at most `sample` keys and sums their memory by group, the largest first. Keys outside the platform's prefix are
 * one group. SCAN and MEMORY USAGE do not block Redis for long.
 *
 * @throws the client's error
 */
export async function sampleKeys(
  redis: Redis,
  { redisPrefix, sample }: { redisPrefix: string; sample: number },
): Promise<KeyGroup[]> {
  const groups = new Map<string, KeyGroup>();
  let read = 0;
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'COUNT', 500);
    cursor = next;
    const pipeline = redis.pipeline();
    for (const key of keys) pipeline.memory('USAGE', key);
    const answers = (await pipeline.exec()) ?? [];
    for (const [index, key] of keys.entries()) {
      const [error, bytes] = answers[index] ?? [];
      if (error) throw error;
      const name = groupOf(key, redisPrefix);
      const group = groups.get(name) ?? { name, keys: 0, bytes: 0 };
      groups.set(name, { name, keys: group.keys + 1, bytes: group.bytes + Number(bytes ?? 0) });
    }
    read += keys.length;
  } while (cursor !== '0' && read < sample);
  return [...groups.values()].sort((a, b) => b.bytes - a.bytes);
}

function groupOf(key: string, prefix: string): string {
  if (!key.startsWith(`${prefix}:`)) return 'other programs';
  return key.split(':').slice(0, partsOfGroup).join(':');
}
