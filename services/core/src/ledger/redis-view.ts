import type { Redis } from 'ioredis';
import type { QueueKeys } from '../platform/queue-names.ts';
import { acceptedMinutes, readAccepted } from '../queue/accepted-counters.ts';
import { createOldestJobFinder, type OldestJobs } from '../queue/oldest-job.ts';
import type { TextQueue } from '../queue/text-job.ts';
import type { Count, SourceCount } from '../event/count.ts';

/** The state of Redis. It is read before PostgreSQL: a batch that is settled later only lowers what is due. */
export interface RedisView {
  /** Minutes since 1970 for which Redis holds accepted counts. */
  minutes: number[];
  counts: SourceCount[];
  /** Epoch milliseconds. No job in the queue holds events of an earlier minute, except for `held`. */
  closedBeforeMs: number;
  /** Events in stuck jobs. */
  held: Count[];
}

export interface RedisViewDependencies {
  /** A client that fails at once while Redis is down. */
  redis: Redis;
  queue: Pick<TextQueue, 'toKey'>;
  keys: Pick<QueueKeys, 'accepted' | 'acceptedMinutes'>;
  /** Clock in epoch milliseconds. */
  now: () => number;
}

/** A minute is final this long after its end: no request takes longer. */
export const finalAfterMs = 2 * 60_000;
/** A job is added at most this long after its events were received. */
const slackMs = 30_000;

/** Returns a function that reads the view; it rejects with the client's error. */
export function createRedisViewer(dependencies: RedisViewDependencies): () => Promise<RedisView> {
  const { redis, queue, keys, now } = dependencies;
  const findOldestJobs = createOldestJobFinder(redis, queue, now);
  return async () => {
    const { stuck, oldestAddedAtMs = Infinity } = await findOldestJobs();
    const minutes = await acceptedMinutes(redis, keys);
    const counts: SourceCount[] = [];
    for (const minute of minutes) counts.push(...(await readAccepted(redis, keys, minute)));
    const closedBeforeMs = Math.min(oldestAddedAtMs - slackMs, now() - finalAfterMs);
    return { minutes, counts, closedBeforeMs, held: countHeld(stuck) };
  };
}

function countHeld(stuck: OldestJobs['stuck']): Count[] {
  return stuck.flatMap(({ ledgerEntry, accounts }) =>
    ledgerEntry
      ? accounts.map(([accountId, events]) => ({ accountId, minute: ledgerEntry.minute, events }))
      : [],
  );
}
