import type { Redis } from 'ioredis';
import type { QueueKeys } from '@event-platform/core/platform/queue-names';
import type { HeldCount } from '@event-platform/core/storage/ledger/ledger-held';
import {
  acceptedMinutes,
  readAccepted,
  type AcceptedCount,
} from '@event-platform/core/queue/accepted-counters';
import { createOldestJobFinder, type OldestJobs } from '@event-platform/core/queue/oldest-job';
import type { TextQueue } from '@event-platform/core/queue/text-job';

/** What Redis says, read before PostgreSQL: whatever is settled later only lowers what is due. */
export interface RedisView {
  /** Of which Redis holds counts. */
  minutes: number[];
  counts: AcceptedCount[];
  /** Minutes before this are not in the queue any more, but for what stuck jobs hold. */
  closedBeforeMs: number;
  held: HeldCount[];
}

export interface RedisViewDependencies {
  /** A client that fails at once while Redis is away. */
  redis: Redis;
  queue: Pick<TextQueue, 'toKey'>;
  keys: Pick<QueueKeys, 'accepted' | 'acceptedMinutes'>;
  /** Clock in epoch milliseconds. */
  now: () => number;
}

/** A minute is over for good this long after its end: no request takes longer. */
export const finalAfterMs = 2 * 60_000;
/** A job is added at most this long after its events were received. */
const slackMs = 30_000;

/** Returns a function that reads what the ledger needs of Redis; it rejects with the client's error. */
export function createRedisViewer(dependencies: RedisViewDependencies): () => Promise<RedisView> {
  const { redis, queue, keys, now } = dependencies;
  const findOldestJobs = createOldestJobFinder(redis, queue, now);
  return async () => {
    const { stuck, oldestAddedAtMs = Infinity } = await findOldestJobs();
    const minutes = await acceptedMinutes(redis, keys);
    const counts: AcceptedCount[] = [];
    for (const minute of minutes) counts.push(...(await readAccepted(redis, keys, minute)));
    const closedBeforeMs = Math.min(oldestAddedAtMs - slackMs, now() - finalAfterMs);
    return { minutes, counts, closedBeforeMs, held: countHeld(stuck) };
  };
}

function countHeld(stuck: OldestJobs['stuck']): HeldCount[] {
  return stuck.flatMap(({ ledgerEntry, accounts }) =>
    ledgerEntry
      ? accounts.map(([accountId, events]) => ({ accountId, minute: ledgerEntry.minute, events }))
      : [],
  );
}
