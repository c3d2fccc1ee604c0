import type { Redis } from 'ioredis';
import type { JobHeader } from '@event-platform/core/event/job';
import type { QueueKeys } from '@event-platform/core/platform/queue-names';
import { hashLength } from '@event-platform/core/queue/event-id-hash';

/** Hashes in one command. */
const someHashes = 10_000;

/** Notes the events of jobs as waiting, as adding the jobs would (queue/enqueue.lua). */
export async function addPendingIds(
  redis: Redis,
  keys: Pick<QueueKeys, 'waitingIds'>,
  jobs: readonly Pick<JobHeader, 'accounts' | 'ids'>[],
): Promise<void> {
  for (const { accounts, ids } of jobs) {
    const hashes = ids.match(new RegExp(`.{${hashLength}}`, 'gs')) ?? [];
    for (const [accountId, events] of accounts) {
      const own = hashes.splice(0, events);
      for (let at = 0; at < own.length; at += someHashes) {
        await redis.sadd(keys.waitingIds(accountId), ...own.slice(at, at + someHashes));
      }
    }
  }
}
