import { randomUUIDv7 } from 'node:crypto';
import type { JobDraft } from '@event-platform/core/event/job';
import { rowSeparator } from '@event-platform/core/event/row-lines';
import type { Batch } from './batch.ts';
import { cutBatch } from './cut-batch.ts';

/** A batch with its place in the queue. */
export interface QueueEntry {
  batch: Batch;
  /** BullMQ's; lower is served first. */
  priority: number;
  /** The token of the request that waits for the COMMIT of these events, if one does. */
  waiter: number | undefined;
}

/** A job that holds batches, or pieces of batches, of one place in the queue. */
export interface JoinedJob {
  job: JobDraft;
  events: number;
  priority: number;
  /** Tokens of the requests that wait for it. */
  waiters: number[];
  /** Which of the given entries it holds, by their index. */
  entries: number[];
}

/**
 * A job holds at most so many characters of rows, or one event, and is not joined beyond so many events.
 * The characters bound a worker's memory (docs/configuration.md): all jobs that it may take at once may
 * be as large.
 */
export const maxJobEvents = 1_000;
export const maxJobCharacters = 500_000;

/**
 * Joins batches of one priority and minute of receipt into jobs, and cuts those that are too large for one.
 * The same place in the queue is the same turn, so accounts without a backlog share a job, and a backlogged
 * account has jobs of its own. A job costs Redis the same whatever it holds: this is what makes single posts
 * cheap. Pure but for the new ids.
 */
export function joinBatches(entries: readonly QueueEntry[]): JoinedJob[] {
  const jobs: JoinedJob[] = [];
  const open = new Map<string, JoinedJob>();
  entries.forEach(({ batch, priority, waiter }, index) => {
    for (const piece of cutBatch(batch, maxJobCharacters)) {
      const place = `${piece.minute}:${priority}`;
      let joined = open.get(place);
      if (joined && hasRoom(joined, piece)) {
        joined.job.ids += piece.ids;
        joined.job.rows += `${rowSeparator}${piece.rows}`;
      } else {
        joined = { job: newJob(piece), events: 0, priority, waiters: [], entries: [] };
        jobs.push(joined);
        open.set(place, joined);
      }
      joined.events += piece.events;
      joined.entries.push(index);
      if (waiter !== undefined) joined.waiters.push(waiter);
      addAccount(joined.job, piece);
    }
  });
  return jobs;
}

function hasRoom({ events, job }: JoinedJob, piece: Batch): boolean {
  return (
    events + piece.events <= maxJobEvents && job.rows.length + piece.rows.length <= maxJobCharacters
  );
}

function newJob({ minute, ids, rows }: Batch): JobDraft {
  return { ledgerEntry: { id: randomUUIDv7(), minute }, accounts: [], minuteCounts: [], ids, rows };
}

function addAccount(job: JobDraft, { accountId, events, minuteCounts }: Batch): void {
  const account = job.accounts.push([accountId, events]) - 1;
  for (const { minute, type, events: counted } of minuteCounts.values()) {
    job.minuteCounts?.push([account, minute, type, counted]);
  }
}
