import type { Redis } from 'ioredis';
import { readJobHeader, type JobHeader } from '../event/job.ts';
import type { TextQueue } from './text-job.ts';
import { unfinishedJobIds, valuesOf } from './unfinished-jobs.ts';

/** The far end of the queue: jobs that are not completed, in whatever state. */
export interface OldestJobs {
  /** Jobs that are stuck, which would hide what is lost of all minutes after them. */
  stuck: Pick<JobHeader, 'ledgerEntry' | 'accounts'>[];
  /** When the oldest of all others was added, in epoch milliseconds; undefined when there is none. */
  oldestAddedAtMs: number | undefined;
}

interface FoundJob {
  id: string;
  addedAtMs: number;
}

interface Read {
  stuck: (FoundJob & Pick<JobHeader, 'ledgerEntry' | 'accounts'>)[];
  oldest: FoundJob | undefined;
}

/** A job that is older than this is looked into. */
const stuckAfterMs = 60 * 60_000;
/** So many at most; with more, the oldest one beyond them stands for all that are younger. */
const maxStuck = 100;

/**
 * Finds the oldest jobs in the queue. In fair order they need not be at the head, so all ids are
 * read; but ids only grow, so while the oldest one of the last scan is there, it is still the
 * oldest, and one round trip answers.
 *
 * @param now clock in epoch milliseconds
 */
export function createOldestJobFinder(
  redis: Redis,
  queue: Pick<TextQueue, 'toKey'>,
  now: () => number,
): () => Promise<OldestJobs> {
  let last: Read = { stuck: [], oldest: undefined };
  return async () => {
    last = (await retryRead(redis, queue, last, now())) ?? (await probeAll(redis, queue, now()));
    const { stuck, oldest } = last;
    return { stuck, oldestAddedAtMs: oldest?.addedAtMs };
  };
}

/** Undefined when only a scan of all jobs can find it. */
async function retryRead(
  redis: Redis,
  queue: Pick<TextQueue, 'toKey'>,
  { stuck, oldest }: Read,
  nowMs: number,
): Promise<Read | undefined> {
  if (!oldest) return undefined;
  const pipeline = redis.pipeline();
  for (const { id } of [...stuck, oldest]) pipeline.exists(queue.toKey(id));
  const there = valuesOf(await pipeline.exec()).map(Boolean);
  const stillStuck = stuck.filter((_, index) => there[index]);
  const isNowStuck = oldest.addedAtMs < nowMs - stuckAfterMs && stillStuck.length < maxStuck;
  return !there.at(-1) || isNowStuck ? undefined : { stuck: stillStuck, oldest };
}

async function probeAll(
  redis: Redis,
  queue: Pick<TextQueue, 'toKey'>,
  nowMs: number,
): Promise<Read> {
  const ids = await unfinishedJobIds(redis, queue);
  const readNow: Read = { stuck: [], oldest: undefined };
  for (let at = 0; at < ids.length && !readNow.oldest; at += maxStuck) {
    for (const job of await addedAt(redis, queue, ids.slice(at, at + maxStuck))) {
      const isStuck = job.addedAtMs < nowMs - stuckAfterMs && readNow.stuck.length < maxStuck;
      if (!isStuck) {
        readNow.oldest = job;
        break;
      }
      const header = readHeader(await redis.hget(queue.toKey(job.id), 'data'));
      if (header) readNow.stuck.push({ ...job, ...header });
    }
  }
  return readNow;
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
function readHeader(text: string | null): Pick<JobHeader, 'ledgerEntry' | 'accounts'> | undefined {
  if (text === null) return undefined;
  try {
    const { ledgerEntry, accounts } = readJobHeader(text);
    return { ...(ledgerEntry && { ledgerEntry }), accounts };
  } catch {
    return { accounts: [] };
  }
}
