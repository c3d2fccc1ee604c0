import type { Redis } from 'ioredis';
import type { QueueKeys } from '../platform/queue-names.ts';
import { hashEventId } from './event-id-hash.ts';

/** A window or a range, as keys of summaries end: an account may hold a colon, too. */
const windowName = /^(?:\d+[mhd]|[-\dT:.]+Z\.\.[-\dT:.]+Z)$/;

/** The cached summaries of an account. */
export async function findSummaries(
  redis: Redis,
  keys: Pick<QueueKeys, 'summary'>,
  accountId: string,
): Promise<string[]> {
  const start = keys.summary(accountId, '');
  const found = new Set<string>();
  const pattern = `${start.replaceAll(/[*?[\]\\]/g, String.raw`\$&`)}*`;
  for await (const some of redis.scanStream({ match: pattern, count: 1_000 })) {
    for (const key of some as string[]) {
      if (windowName.test(key.slice(start.length))) found.add(key);
    }
  }
  return [...found];
}

/** Removes the cached summaries of an account: they name its top users. Returns how many there were. */
export async function eraseSummaries(
  redis: Redis,
  keys: Pick<QueueKeys, 'summary'>,
  accountId: string,
): Promise<number> {
  let erased = 0;
  for (const key of await findSummaries(redis, keys, accountId)) erased += await redis.unlink(key);
  return erased;
}

/** Removes pending ids of events that no longer wait: a crash may have left some (pending-ids.ts). */
export async function erasePendingIds(
  redis: Redis,
  keys: Pick<QueueKeys, 'waitingIds'>,
  accountId: string,
  eventIds: readonly string[],
): Promise<number> {
  if (eventIds.length === 0) return 0;
  return redis.srem(keys.waitingIds(accountId), ...eventIds.map(hashEventId));
}

/**
 * Removes all such notes of an account, and its place in the fair order. To be called once none of its
 * jobs waits.
 */
export async function eraseAllPendingIds(
  redis: Redis,
  keys: Pick<QueueKeys, 'waitingIds' | 'tags'>,
  accountId: string,
): Promise<number> {
  const pendingIds = await redis.scard(keys.waitingIds(accountId));
  await redis.multi().unlink(keys.waitingIds(accountId)).zrem(keys.tags, accountId).exec();
  return pendingIds;
}
