import type { Redis } from 'ioredis';
import { oldestFormat } from '../event/job-formats.ts';
import type { QueueKeys } from '../platform/queue-names.ts';

type FormatKeys = Pick<QueueKeys, 'workerFormats' | 'newestFormat'>;

/** A worker that has not announced itself for this long is taken for gone. */
const expireAfterMs = 60_000;

/** How often a worker announces itself: several may fail before it is taken for gone. */
export const announceEveryMs = 10_000;

/**
 * Announces which formats of jobs a worker reads, for a minute.
 *
 * @param worker its name; holds no colon
 * @param formats of event/job-formats.ts
 */
export async function announceFormats(
  redis: Redis,
  keys: FormatKeys,
  worker: string,
  formats: readonly number[],
): Promise<void> {
  const expiresAtMs = (await redisTimeMs(redis)) + expireAfterMs;
  await redis.zadd(keys.workerFormats, expiresAtMs, memberOf(worker, formats));
}

/** Takes an announcement back, when the worker ends in good order. */
export async function withdrawFormats(
  redis: Redis,
  keys: FormatKeys,
  worker: string,
  formats: readonly number[],
): Promise<void> {
  await redis.zrem(keys.workerFormats, memberOf(worker, formats));
}

/**
 * Finds the newest format that every live worker reads, and keeps it for the time when none is live, as
 * after a scaler has stopped them all: then those that come are most likely of the build that went. Where
 * none has ever announced itself it is the oldest format that is supported.
 */
export async function findNewestFormat(redis: Redis, keys: FormatKeys): Promise<number> {
  const nowMs = await redisTimeMs(redis);
  const [live, known] = await Promise.all([
    redis.zrangebyscore(keys.workerFormats, nowMs, '+inf'),
    redis.get(keys.newestFormat),
  ]);
  const newest = newestOfAll(live.map(formatsOf));
  if (newest === undefined) return known === null ? oldestFormat : Number(known);
  if (String(newest) !== known) {
    await redis
      .multi()
      .set(keys.newestFormat, newest)
      .zremrangebyscore(keys.workerFormats, '-inf', `(${nowMs}`)
      .exec();
  }
  return newest;
}

/** The newest format that is in each of the lists; undefined when there are none, or they share none. */
export function newestOfAll(lists: readonly (readonly number[])[]): number | undefined {
  const [first, ...others] = lists;
  const shared = first?.filter((format) => others.every((formats) => formats.includes(format)));
  return shared && shared.length > 0 ? Math.max(...shared) : undefined;
}

/** `<worker>:2,3` */
function memberOf(worker: string, formats: readonly number[]): string {
  return `${worker}:${formats.join(',')}`;
}

function formatsOf(member: string): number[] {
  return member
    .slice(member.indexOf(':') + 1)
    .split(',')
    .map(Number);
}

/** By Redis' clock, so that those of the machines do not matter. */
async function redisTimeMs(redis: Redis): Promise<number> {
  const [seconds, microseconds] = await redis.time();
  return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
}
