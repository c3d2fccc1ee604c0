import type { Job, Queue } from 'bullmq';
import { decodeJob, type EventJob } from '@event-platform/shared/contracts/job';
import { parseRows } from '@event-platform/shared/contracts/row-lines';
import { buryEvent } from '@event-platform/shared/database/dead-letters';
import { settleLots } from '@event-platform/shared/database/ledger-lots';
import type { ShardMap } from '@event-platform/shared/database/shards';
import type { EventRow } from '@event-platform/shared/contracts/event';
import { splitByShard } from '../coalesce/split-by-shard.ts';

/** How many failed jobs one round buries. */
const jobsPerRound = 100;

export interface BuryOptions {
  queue: Queue<string, void>;
  shards: ShardMap;
  onBuried: (events: number, job: EventJob | undefined) => void;
}

/**
 * Moves the events of failed jobs into the dead letters, then removes the jobs. Failed jobs are
 * those that used up their attempts or stalled too often. Any worker may run this at any time: the
 * letters are keyed by event, and a job is removed only after its letters are committed.
 *
 * @returns how many jobs were buried
 */
export async function buryFailedJobs(options: BuryOptions): Promise<number> {
  const jobs = await options.queue.getFailed(0, jobsPerRound - 1);
  for (const job of jobs) {
    const decoded = tryDecode(job);
    const rows = decoded ? parseRows(decoded.rows) : [unreadableRow(job)];
    const cause = {
      reason: decoded ? 'attempts_exhausted' : 'job_unreadable',
      sqlstate: undefined,
      message: job.failedReason,
      attempts: job.attemptsMade,
    };
    for (const row of rows) {
      await buryEvent(options.shards.forAccount(row.a).pool, row, cause);
    }
    // Settled after the letters and before the job goes: a crash in between repeats both.
    for (const { shard, lots } of decoded ? splitByShard(decoded, options.shards) : []) {
      await settleLots(shard.pool, lots);
    }
    await job.remove();
    options.onBuried(rows.length, decoded);
  }
  return jobs.length;
}

function tryDecode(job: Job<string, void>): EventJob | undefined {
  try {
    const decoded = decodeJob(job.data);
    parseRows(decoded.rows);
    return decoded;
  } catch {
    return undefined;
  }
}

/** A job that is not ours still must not vanish: it is kept whole as one letter. */
function unreadableRow(job: Job<string, void>): EventRow {
  const at = new Date(job.timestamp).toISOString();
  return {
    a: 'unknown',
    // With the time, since Redis counts its jobs from 1 again once it was emptied.
    e: `job-${job.id ?? 'without-id'}-${job.timestamp}`,
    u: 'unknown',
    t: 'unreadable',
    s: at,
    r: at,
    m: { data: job.data },
  };
}
