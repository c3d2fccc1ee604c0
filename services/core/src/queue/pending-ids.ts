import type { Redis } from 'ioredis';
import type { JobHeader } from '../event/job.ts';
import type { QueueKeys } from '../platform/queue-names.ts';
import { createScript, type RedisScript } from '../platform/redis-script.ts';
import { hashEventId, hashLength } from './event-id-hash.ts';

/** What a note is made from: whose events, and their hashes. */
export type PendingId = Pick<JobHeader, 'accounts' | 'ids'>;

/**
 * A function for scripts: calls a command on a set with hashes of 8 characters, cut out of one text. More
 * members in one call would not fit on Lua's stack.
 */
export const withMembers = `
local function withMembers(command, key, hashes)
  local members = {}
  for at = 1, #hashes, ${hashLength} do
    members[#members + 1] = string.sub(hashes, at, at + ${hashLength - 1})
    if #members == 4000 then
      redis.call(command, key, unpack(members))
      members = {}
    end
  end
  if #members > 0 then redis.call(command, key, unpack(members)) end
end`;

// KEYS: the count of what is pending, then a set per account; ARGV: how many events, then the hashes
// for each set. An idle queue may have reset the count already (api/admission/admit.lua), so it stops at
// zero.
const ackScript = `${withMembers}
for i = 2, #KEYS do withMembers('SREM', KEYS[i], ARGV[i]) end
if redis.call('DECRBY', KEYS[1], ARGV[1]) < 0 then redis.call('SET', KEYS[1], 0) end
return 0`;

/**
 * Which events wait in the queue, so that a receipt can say `queued` at once: a set of hashes per
 * account, which enqueue.lua fills. The hashes of many events travel as one text and are cut apart in Redis, since an
 * argument for each would cost the sender more than all else that it does for an event.
 */
export class PendingIds {
  private readonly redis: Redis;
  private readonly keys: QueueKeys;
  private readonly ackScript: RedisScript;

  constructor(redis: Redis, keys: QueueKeys) {
    this.redis = redis;
    this.keys = keys;
    this.ackScript = createScript(redis, ackScript);
  }

  /** Acknowledges jobs whose events are stored or dead-lettered: removes their ids and lowers the pending count. */
  async ack(jobs: readonly PendingId[]): Promise<void> {
    const { waitingKeys, hashes, events } = this.byAccount(jobs);
    await this.ackScript([this.keys.pending, ...waitingKeys], [events, ...hashes]);
  }

  /** True when the id was accepted and is still in the queue. */
  async has(accountId: string, eventId: string): Promise<boolean> {
    const key = this.keys.waitingIds(accountId);
    return (await this.redis.sismember(key, hashEventId(eventId))) === 1;
  }

  /** Joins the hashes of each account; keys and hashes stand in the same order. */
  private byAccount(jobs: readonly PendingId[]) {
    const joined = new Map<string, string>();
    let events = 0;
    for (const { accounts, ids } of jobs) {
      let at = 0;
      for (const [accountId, count] of accounts) {
        const end = at + count * hashLength;
        joined.set(accountId, (joined.get(accountId) ?? '') + ids.slice(at, end));
        at = end;
        events += count;
      }
    }
    const waitingKeys = Array.from(joined.keys(), this.keys.waitingIds);
    return { waitingKeys, hashes: [...joined.values()], events };
  }
}
