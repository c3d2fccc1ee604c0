import type { Redis } from 'ioredis';
import type { QueueKeys } from '../platform/queue-names.ts';
import type { SourceCount } from '../event/count.ts';
import type { LedgerEntry } from '../event/job.ts';

/** As enqueue.lua writes it. An account may hold any character; a process name holds no colon. */
const separator = ':';

/** What is counted of a job's header. */
interface CountedJob {
  ledgerEntry?: Pick<LedgerEntry, 'minute'>;
  accounts: readonly (readonly [accountId: string, events: number])[];
}

/** The events of jobs by account and minute. */
export function countAccepted(process: string, jobs: readonly CountedJob[]): SourceCount[] {
  const counts = new Map<string, SourceCount>();
  for (const { ledgerEntry, accounts } of jobs) {
    if (!ledgerEntry) continue;
    for (const [accountId, events] of accounts) {
      const name = `${ledgerEntry.minute}${separator}${accountId}`;
      const count = counts.get(name);
      if (count) count.events += events;
      else counts.set(name, { accountId, minute: ledgerEntry.minute, process, events });
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
): Promise<SourceCount[]> {
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
export async function deleteAccepted(
  redis: Redis,
  keys: Pick<QueueKeys, 'accepted' | 'acceptedMinutes'>,
  minute: number,
): Promise<void> {
  await redis.multi().unlink(keys.accepted(minute)).srem(keys.acceptedMinutes, minute).exec();
}
