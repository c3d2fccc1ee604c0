import { listApiKeys, type ApiKeyRecord } from '@event-platform/core/storage/accounts/api-keys';
import { listAccountPolicies } from '@event-platform/core/storage/accounts/account-policies';
import { countKept } from '@event-platform/core/storage/erasure/count-kept';
import type { Subject } from '@event-platform/core/storage/erasure/subject';
import { findUnreadable } from '@event-platform/core/storage/erasure/unreadable-dead-letters';
import { findJobsOf } from '@event-platform/core/queue/account-jobs';
import { findSummaries } from '@event-platform/core/queue/account-traces';
import { onRedis, shardName, type Place } from './place.ts';
import { Tally } from './tally.ts';

/** The stored data of a subject, and the keys of its account. */
export interface Inspection {
  tally: Tally;
  keys: ApiKeyRecord[];
}

/** Counts everything that an erasure would erase, and changes nothing. */
export async function inspect(place: Place, subject: Subject): Promise<Inspection> {
  const tally = new Tally();
  for (const shard of place.shards.all) {
    await tally.reach(shardName(shard), () => inspectShard(tally, shard, subject));
  }
  const keys = await tally.reach('PostgreSQL directory', () => readSettings(tally, place, subject));
  await tally.reach('Redis', () =>
    onRedis(place, async (redis) => {
      const jobs = await findJobsOf(redis, place.queue, subject.accountId);
      tally.add('Redis', 'jobs that may hold events of the account', jobs.length);
      const summaries = await findSummaries(redis, place.keys, subject.accountId);
      tally.add('Redis', 'cached summaries of the account', summaries.length);
    }),
  );
  return { tally, keys: keys ?? [] };
}

async function inspectShard(
  tally: Tally,
  shard: Place['shards']['all'][number],
  subject: Subject,
): Promise<void> {
  const where = shardName(shard);
  const { events, deadLetters, rollUps, ledgerMinutes, names } = await countKept(
    shard.pool,
    subject,
  );
  tally.add(where, 'events', events);
  tally.add(where, 'dead letters', deadLetters);
  tally.add(where, 'names of users, numbered for summaries', names);
  const unreadable = await findUnreadable(shard.pool, subject);
  tally.add(where, 'dead letters of unreadable jobs', unreadable.length);
  if (subject.userId !== undefined) return;
  tally.add(where, 'roll-ups', rollUps);
  tally.add(where, 'minutes of the ledger', ledgerMinutes);
}

async function readSettings(
  tally: Tally,
  { shards }: Place,
  { accountId, userId }: Subject,
): Promise<ApiKeyRecord[]> {
  if (userId !== undefined) return [];
  const keys = await listApiKeys(shards.directory, accountId);
  const limits = await listAccountPolicies(shards.directory);
  tally.add('PostgreSQL directory', 'keys', keys.length);
  tally.add(
    'PostgreSQL directory',
    'limits',
    limits.filter((limit) => limit.accountId === accountId).length,
  );
  return keys;
}
