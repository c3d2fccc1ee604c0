import type { ChainableCommander, Redis } from 'ioredis';
import type { QueueKeys } from '../contracts/queue.ts';
import type { JobLot } from '../contracts/job.ts';
import type { RedisScript } from '../platform/redis-script.ts';

/** Events that a process handed to the queue, of one account and minute of receipt. */
export interface AcceptedCount {
  accountId: string;
  /** In minutes since 1970. */
  minute: number;
  /** The api process that accepted them. */
  process: string;
  events: number;
}

/** An account may hold any character; a process name holds no colon. */
const separator = ':';

// KEYS: the set of minutes, the hash of one; ARGV: the minute, then each field and its events. A command
// for each field would cost sender and Redis several times as much.
const noteScript = `
redis.call('SADD', KEYS[1], ARGV[1])
for at = 2, #ARGV, 2 do redis.call('HINCRBY', KEYS[2], ARGV[at], ARGV[at + 1]) end
return 0`;

/**
 * The count of what was accepted that survives the api. A field per process, so that two witnesses can
 * be compared where neither has lost anything but its own.
 */
export class AcceptedNotes {
  private readonly keys: Pick<QueueKeys, 'accepted' | 'acceptedMinutes'>;

  constructor(redis: Redis, keys: Pick<QueueKeys, 'accepted' | 'acceptedMinutes'>) {
    this.keys = keys;
    redis.defineCommand('noteAccepted', { lua: noteScript });
  }

  /** Adds counts to those in Redis, in the transaction that adds the jobs. */
  note(transaction: ChainableCommander, counts: readonly AcceptedCount[]): void {
    const { accepted, acceptedMinutes: minutesKey } = this.keys;
    const { noteAccepted } = transaction as ChainableCommander & { noteAccepted: RedisScript };
    for (const [minute, ofMinute] of Map.groupBy(counts, (count) => count.minute)) {
      const fields = ofMinute.flatMap(({ process, accountId, events }) => [
        `${process}${separator}${accountId}`,
        events,
      ]);
      void noteAccepted.call(transaction, 2, minutesKey, accepted(minute), minute, fields);
    }
  }
}

/** What is counted of a job's header. */
interface CountedJob {
  lot?: Pick<JobLot, 'minute'>;
  accounts: readonly (readonly [accountId: string, events: number])[];
}

/** The events of jobs by account and minute. */
export function countAccepted(process: string, jobs: readonly CountedJob[]): AcceptedCount[] {
  const counts = new Map<string, AcceptedCount>();
  for (const { lot, accounts } of jobs) {
    if (!lot) continue;
    for (const [accountId, events] of accounts) {
      const name = `${lot.minute}${separator}${accountId}`;
      const count = counts.get(name);
      if (count) count.events += events;
      else counts.set(name, { accountId, minute: lot.minute, process, events });
    }
  }
  return [...counts.values()];
}

/** The minutes of which Redis holds counts. */
export async function acceptedMinutes(
  redis: Redis,
  keys: Pick<QueueKeys, 'acceptedMinutes'>,
): Promise<number[]> {
  return (await redis.smembers(keys.acceptedMinutes)).map(Number);
}

/** What Redis has counted in a minute, by account and process. */
export async function readAccepted(
  redis: Redis,
  keys: Pick<QueueKeys, 'accepted'>,
  minute: number,
): Promise<AcceptedCount[]> {
  const fields = await redis.hgetall(keys.accepted(minute));
  return Object.entries(fields).map(([field, events]) => {
    const cut = field.indexOf(separator);
    return {
      accountId: field.slice(cut + 1),
      minute,
      process: field.slice(0, cut),
      events: Number(events),
    };
  });
}

/** Forgets a minute that PostgreSQL has. */
export async function forgetAccepted(
  redis: Redis,
  keys: Pick<QueueKeys, 'accepted' | 'acceptedMinutes'>,
  minute: number,
): Promise<void> {
  await redis.multi().unlink(keys.accepted(minute)).srem(keys.acceptedMinutes, minute).exec();
}
