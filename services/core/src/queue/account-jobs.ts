import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { readJobHeader } from '../event/job.ts';
import { rowSeparator } from '../event/row-lines.ts';
import type { TextQueue } from './text-job.ts';
import { unfinishedJobIds, valuesOf } from './unfinished-jobs.ts';

/** Jobs that are read in one round trip. */
const jobsPerPoll = 200;
const pollEveryMs = 250;

// The first line of each job, with its end: the rows below it may be a megabyte.
const headersScript = `
local headers = {}
for i, key in ipairs(KEYS) do
  local text = redis.call('HGET', key, 'data') or ''
  local cut = string.find(text, ARGV[1], 1, true)
  headers[i] = cut and string.sub(text, 1, cut) or text
end
return headers`;

/**
 * Finds the jobs that may hold events of an account: those whose header names it, and those that cannot
 * be read. Any job that is completed meanwhile is left out.
 *
 * @returns keys in Redis
 */
export async function findJobsOf(
  redis: Redis,
  queue: Pick<TextQueue, 'toKey'>,
  accountId: string,
): Promise<string[]> {
  const keys = (await unfinishedJobIds(redis, queue)).map((id) => queue.toKey(id));
  const found: string[] = [];
  for (let at = 0; at < keys.length; at += jobsPerPoll) {
    const some = keys.slice(at, at + jobsPerPoll);
    const headers = await redis.eval(headersScript, some.length, ...some, rowSeparator);
    (headers as string[]).forEach((header, index) => {
      const key = some[index];
      if (key !== undefined && header !== '' && mayHold(header, accountId)) found.push(key);
    });
  }
  return found;
}

/**
 * Waits until jobs are gone from Redis: their events are stored or dead then, and no worker gets
 * them again.
 *
 * @param onWait called with how many are left, after each poll
 * @returns how many were still there after `timeoutMs`, or at the signal
 */
export async function awaitJobs(
  redis: Redis,
  jobs: readonly string[],
  options: { timeoutMs: number; signal: AbortSignal; onWait: (left: number) => void },
): Promise<number> {
  const { timeoutMs, signal, onWait } = options;
  const deadline = performance.now() + timeoutMs;
  let left = [...jobs];
  for (;;) {
    const pipeline = redis.pipeline();
    for (const key of left) pipeline.exists(key);
    const there = valuesOf(left.length === 0 ? [] : await pipeline.exec());
    left = left.filter((_, index) => there[index] === 1);
    onWait(left.length);
    if (left.length === 0 || performance.now() > deadline || signal.aborted) return left.length;
    await sleep(pollEveryMs, undefined, { signal }).catch(() => undefined);
  }
}

function mayHold(header: string, accountId: string): boolean {
  try {
    return readJobHeader(header).accounts.some(([account]) => account === accountId);
  } catch {
    return true;
  }
}
