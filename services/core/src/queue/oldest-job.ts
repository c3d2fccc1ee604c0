import type { Redis } from 'ioredis';
import { readJobHeader, type JobHeader } from '../event/job.ts';
import type { TextQueue } from './text-job.ts';
import { unfinishedJobIds, valuesOf } from './unfinished-jobs.ts';

/** The far end of the queue: jobs that nobody has completed, in whatever state. */
export interface OldestJobs {
  /** Jobs that are stuck, which would hide what is lost of all minutes after them. */
  stuck: Pick<JobHeader, 'lot' | 'accounts'>[];
  /** When the oldest of all others was added, in epoch milliseconds; undefined when there is none. */
  oldestAddedAtMs: number | undefined;
}

interface FoundJob {
  id: string;
  addedAtMs: number;
}

interface Look {
  stuck: (FoundJob & Pick<JobHeader, 'lot' | 'accounts'>)[];
  oldest: FoundJob | undefined;
}

/** A job that is older than this is looked into. */
const stuckAfterMs = 60 * 60_000;
/** So many at most; with more, the oldest one beyond them stands for all that are younger. */
const maxStuck = 100;

/**
 * Finds the oldest jobs in the queue. In fair order they need not be at the head, so all ids are
 * looked at; but ids only grow, so while the oldest one of the last look is there, it is still the
 * oldest, and one round trip answers.
 *
 * @param now clock in epoch milliseconds
 */
export function createOldestJobFinder(
  redis: Redis,
  queue: Pick<TextQueue, 'toKey'>,
  now: () => number,
): () => Promise<OldestJobs> {
  let last: Look = { stuck: [], oldest: undefined };
  return async () => {
    last = (await lookAgain(redis, queue, last, now())) ?? (await lookAtAll(redis, queue, now()));
    const { stuck, oldest } = last;
    return { stuck, oldestAddedAtMs: oldest?.addedAtMs };
  };
}

/** Undefined when only a look at all jobs can tell. */
async function lookAgain(
  redis: Redis,
  queue: Pick<TextQueue, 'toKey'>,
  { stuck, oldest }: Look,
  nowMs: number,
): Promise<Look | undefined> {
  if (!oldest) return undefined;
  const pipeline = redis.pipeline();
  for (const { id } of [...stuck, oldest]) pipeline.exists(queue.toKey(id));
  const there = valuesOf(await pipeline.exec()).map(Boolean);
  const stillStuck = stuck.filter((_, index) => there[index]);
  const isNowStuck = oldest.addedAtMs < nowMs - stuckAfterMs && stillStuck.length < maxStuck;
  return !there.at(-1) || isNowStuck ? undefined : { stuck: stillStuck, oldest };
}

async function lookAtAll(
  redis: Redis,
  queue: Pick<TextQueue, 'toKey'>,
  nowMs: number,
): Promise<Look> {
  const ids = await unfinishedJobIds(redis, queue);
  const look: Look = { stuck: [], oldest: undefined };
  for (let at = 0; at < ids.length && !look.oldest; at += maxStuck) {
    for (const job of await addedAt(redis, queue, ids.slice(at, at + maxStuck))) {
      const isStuck = job.addedAtMs < nowMs - stuckAfterMs && look.stuck.length < maxStuck;
      if (!isStuck) {
        look.oldest = job;
        break;
      }
      const header = readHeader(await redis.hget(queue.toKey(job.id), 'data'));
      if (header) look.stuck.push({ ...job, ...header });
    }
  }
  return look;
}

/** Without those that were completed meanwhile. */
async function addedAt(
  redis: Redis,
  queue: Pick<TextQueue, 'toKey'>,
  ids: readonly string[],
): Promise<FoundJob[]> {
  const pipeline = redis.pipeline();
  for (const id of ids) pipeline.hget(queue.toKey(id), 'timestamp');
  return valuesOf(await pipeline.exec()).flatMap((timestamp, index) => {
    const id = ids[index];
    return timestamp === null || id === undefined ? [] : { id, addedAtMs: Number(timestamp) };
  });
}

/** A job that cannot be read is in no ledger; its worker buries it. */
function readHeader(text: string | null): Pick<JobHeader, 'lot' | 'accounts'> | undefined {
  if (text === null) return undefined;
  try {
    const { lot, accounts } = readJobHeader(text);
    return { ...(lot && { lot }), accounts };
  } catch {
    return { accounts: [] };
  }
}
