import { setTimeout as sleep } from 'node:timers/promises';
import { awaitEarlierReads } from '@event-platform/core/storage/erasure/await-earlier-reads';
import { countKept } from '@event-platform/core/storage/erasure/count-kept';
import { eraseLedger, eraseSettings } from '@event-platform/core/storage/erasure/erase-account';
import { eraseEvents } from '@event-platform/core/storage/erasure/erase-events';
import { eraseDeadLetters } from '@event-platform/core/storage/erasure/erase-dead-letters';
import type { Subject } from '@event-platform/core/storage/erasure/subject';
import {
  eraseUnreadable,
  findUnreadable,
} from '@event-platform/core/storage/erasure/unreadable-dead-letters';
import type { Shard } from '@event-platform/core/storage/placement/shards';
import { awaitJobs, findJobsOf } from '@event-platform/core/queue/account-jobs';
import {
  eraseAllPendingIds,
  erasePendingIds,
  eraseSummaries,
} from '@event-platform/core/queue/account-traces';
import { formatCount } from '../lib/table.ts';
import { onRedis, shardName, type Place } from './place.ts';
import { Tally } from './tally.ts';

export interface EraseOptions {
  /** Erases keys and limits of the account as well. */
  withSettings: boolean;
  /** Erases dead letters of unreadable jobs that name the subject among others. */
  withUnreadable: boolean;
  /** How long requests with a key that was live may still take to reach the queue, from now. */
  requestsEndAfterMs: number;
  /** How long to wait for events that wait in the queue. */
  waitMs: number;
  /** Ends it between two batches. */
  signal: AbortSignal;
  /** Called for each batch: events erased so far, and jobs waited for. */
  onProgress: (erased: number, jobs: number) => void;
}

/** Between the end of a query and the moment in which its summary is in the cache. */
const untilCachedMs = 500;
/** Longer than any summary may take (DATABASE_STATEMENT_TIMEOUT_MS). */
const readsEndAfterMs = 30_000;
const idsPerCall = 1_000;

/**
 * Erases the data of a subject, place by place; the README of the folder explains the order. A place that does not answer is
 * recorded, and the others are done all the same: the same call again does the rest.
 */
export async function erase(place: Place, subject: Subject, options: EraseOptions): Promise<Tally> {
  const tally = new Tally();
  const { signal } = options;
  const eventIds: string[] = [];
  const steps = [
    () => eraseKeys(tally, place, subject, options),
    () => awaitQueue(tally, place, subject, options),
    ...place.shards.all.map(
      (shard) => () =>
        tally.reach(shardName(shard), () => eraseOnShard(tally, shard, subject, options, eventIds)),
    ),
    () => eraseInRedis(tally, place, subject, signal, eventIds),
    () => findRest(tally, place, subject),
  ];
  for (const step of steps) if (!signal.aborted) await step();
  return tally;
}

/** First, so that nothing more arrives. */
async function eraseKeys(
  tally: Tally,
  { shards }: Place,
  { accountId }: Subject,
  { withSettings, requestsEndAfterMs, signal }: EraseOptions,
): Promise<void> {
  if (withSettings) {
    const where = 'PostgreSQL directory';
    await tally.reach(where, async () => {
      const { keys, limits } = await eraseSettings(shards.directory, accountId);
      tally.add(where, 'keys', keys);
      tally.add(where, 'limits', limits);
    });
  }
  await sleep(requestsEndAfterMs, undefined, { signal }).catch(() => undefined);
}

/** Waiting events are stored before they are erased: jobs hold events of others too, and any worker may hold them. */
async function awaitQueue(
  tally: Tally,
  place: Place,
  { accountId }: Subject,
  { waitMs, signal, onProgress }: EraseOptions,
): Promise<void> {
  const where = 'Redis, the queue';
  await tally.reach(where, () =>
    onRedis(place, async (redis) => {
      const jobs = await findJobsOf(redis, place.queue, accountId);
      const onWait = (left: number) => onProgress(0, left);
      const left = await awaitJobs(redis, jobs, { timeoutMs: waitMs, signal, onWait });
      tally.add('Redis', 'jobs waited for', jobs.length - left);
      if (left > 0) {
        tally.miss(
          where,
          `${formatCount(left)} jobs that may hold its events still wait; check that workers run and the queue is not paused, then run the same command again`,
        );
      }
    }),
  );
}

async function eraseOnShard(
  tally: Tally,
  shard: Shard,
  subject: Subject,
  { signal, withUnreadable, onProgress }: EraseOptions,
  eventIds: string[],
): Promise<void> {
  const where = shardName(shard);
  tally.add(where, 'events', 0);
  tally.add(where, 'dead letters', 0);
  for await (const deadLetters of eraseDeadLetters(shard.pool, subject)) {
    tally.add(where, 'dead letters', deadLetters);
    if (signal.aborted) return;
  }
  const found = await findUnreadable(shard.pool, subject);
  const [sure, doubtful] = [true, false].map((isTheirs) =>
    found.filter((deadLetter) => deadLetter.isTheirs === isTheirs),
  ) as [typeof found, typeof found];
  const erased = await eraseUnreadable(shard.pool, withUnreadable ? found : sure);
  tally.add(where, 'dead letters of unreadable jobs', erased);
  if (doubtful.length > 0 && !withUnreadable) {
    const ids = doubtful.map(({ eventId }) => eventId).join(', ');
    tally.miss(
      `${where}, dead letters of unreadable jobs`,
      `these name it, perhaps among others: ${ids}; read them with \`ep dead show unknown ID\`, then add --unreadable, which erases them in full`,
    );
  }
  for await (const ids of eraseEvents(shard.pool, subject)) {
    tally.add(where, 'events', ids.length);
    for (const id of subject.userId === undefined ? [] : ids) eventIds.push(id);
    onProgress(tally.total('events'), 0);
    if (signal.aborted) return;
  }
  if (subject.userId !== undefined) return;
  const ledger = await eraseLedger(shard.pool, subject.accountId);
  tally.add(where, 'minutes of the ledger', ledger.erased);
}

/** Last, since a summary that was being computed meanwhile would be cached after the cache was emptied. */
async function eraseInRedis(
  tally: Tally,
  place: Place,
  { accountId, userId }: Subject,
  signal: AbortSignal,
  eventIds: readonly string[],
): Promise<void> {
  for (const shard of place.shards.all) {
    const areOver = await tally.reach(`${shardName(shard)}, summaries being computed`, () =>
      awaitEarlierReads(shard.pool, { timeoutMs: readsEndAfterMs, signal }),
    );
    if (areOver === false && !signal.aborted) {
      tally.miss(
        'Redis, cached summaries',
        'an earlier query still runs; run the same command again',
      );
    }
  }
  await sleep(untilCachedMs, undefined, { signal }).catch(() => undefined);
  await tally.reach('Redis, cached summaries and ids', () =>
    onRedis(place, async (redis) => {
      const summaries = await eraseSummaries(redis, place.keys, accountId);
      tally.add('Redis', 'cached summaries of the account', summaries);
      let pendingIds =
        userId === undefined ? await eraseAllPendingIds(redis, place.keys, accountId) : 0;
      for (let at = 0; at < eventIds.length; at += idsPerCall) {
        const some = eventIds.slice(at, at + idsPerCall);
        pendingIds += await erasePendingIds(redis, place.keys, accountId, some);
      }
      tally.add('Redis', 'left-over hashes of event ids', pendingIds);
    }),
  );
}

/** What arrived meanwhile, from a sender or from a worker that held a job. */
async function findRest(tally: Tally, { shards }: Place, subject: Subject): Promise<void> {
  for (const shard of shards.all) {
    const where = shardName(shard);
    if (tally.notReached.some((missed) => missed.where === where)) continue;
    const rest = await tally.reach(where, () => countKept(shard.pool, subject));
    if (!rest) continue;
    const { events, deadLetters, rollUps, names } = rest;
    if (events + deadLetters > 0) {
      tally.miss(
        where,
        `${formatCount(events)} events and ${formatCount(deadLetters)} dead letters arrived while it ran; stop the sender, then run the same command again`,
      );
    } else if (names > 0) {
      tally.miss(
        where,
        `${formatCount(names)} names are still stored for summaries; run the same command again`,
      );
    } else if (rollUps > 0) {
      tally.miss(where, `${formatCount(rollUps)} roll-ups without events are left`);
    }
  }
}
