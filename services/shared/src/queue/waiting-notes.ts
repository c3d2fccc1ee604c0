import type { ChainableCommander, Redis } from 'ioredis';
import type { QueueKeys } from '../contracts/queue.ts';
import type { EventJob } from '../contracts/job.ts';
import { hashEventId, hashLength } from './event-id-hash.ts';

/** Notes that outlive every queue: leftovers of a crash vanish after this. */
const forgetAfterSeconds = 7 * 24 * 3_600;

/** More members in one call would not fit on the stack as its arguments. */
const membersPerCommand = 10_000;

/** Splits the hashes of a job by account. */
function* hashesByAccount(job: Pick<EventJob, 'accounts' | 'ids'>): Generator<[string, string[]]> {
  let at = 0;
  for (const [accountId, events] of job.accounts) {
    const hashes: string[] = [];
    for (let event = 0; event < events; event++, at += hashLength) {
      hashes.push(job.ids.slice(at, at + hashLength));
    }
    yield [accountId, hashes];
  }
}

function* chunksOf(hashes: string[]): Generator<string[]> {
  for (let at = 0; at < hashes.length; at += membersPerCommand) {
    yield hashes.slice(at, at + membersPerCommand);
  }
}

/** Notes the ids of a job before it is added, so that a receipt can say `queued` at once. */
export function noteWaiting(
  pipeline: ChainableCommander,
  keys: QueueKeys,
  job: Pick<EventJob, 'accounts' | 'ids'>,
): void {
  for (const [accountId, hashes] of hashesByAccount(job)) {
    const key = keys.waitingIds(accountId);
    for (const some of chunksOf(hashes)) pipeline.sadd(key, ...some);
    pipeline.expire(key, forgetAfterSeconds);
  }
}

// The count may already have been reset by an idle queue (api/limit/admit.lua), so it stops at zero.
const lowerPending = `
local left = redis.call('DECRBY', KEYS[1], ARGV[1])
if left < 0 then redis.call('SET', KEYS[1], 0) end
return left`;

/** Strikes jobs off the notes once their events are stored or dead: one round trip for a batch. */
export async function strikeWaiting(
  redis: Redis,
  keys: QueueKeys,
  jobs: readonly EventJob[],
): Promise<void> {
  const struck = new Map<string, string[]>();
  let events = 0;
  for (const job of jobs) {
    for (const [accountId, hashes] of hashesByAccount(job)) {
      events += hashes.length;
      const sameAccount = struck.get(accountId);
      if (sameAccount) sameAccount.push(...hashes);
      else struck.set(accountId, hashes);
    }
  }
  const pipeline = redis.pipeline();
  for (const [accountId, hashes] of struck) {
    for (const some of chunksOf(hashes)) pipeline.srem(keys.waitingIds(accountId), ...some);
  }
  pipeline.eval(lowerPending, 1, keys.pending, events);
  await pipeline.exec();
}

/** True when the id was accepted and is still in the queue. */
export async function isWaiting(
  redis: Redis,
  keys: QueueKeys,
  accountId: string,
  eventId: string,
): Promise<boolean> {
  return (await redis.sismember(keys.waitingIds(accountId), hashEventId(eventId))) === 1;
}
