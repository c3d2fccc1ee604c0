import type { Job, Queue } from 'bullmq';
import { checkRows, sliceRows } from '@event-platform/core/event/row-slices';
import { plainRow, type EventRow } from '@event-platform/core/event/columns';
import { NewerFormat } from '@event-platform/core/event/job-formats';
import { countEvents, decodeJob, legibleJob, type EventJob } from '@event-platform/core/event/job';
import { parseRow, writeRows } from '@event-platform/core/event/row-lines';
import {
  deadLetterEvents,
  type DeadLetterReason,
} from '@event-platform/core/storage/dead-letters/dead-letters';
import {
  defaultStorePolicy,
  storeBatch,
  StoreUnavailable,
  type StoreOutcome,
} from '@event-platform/core/storage/write/event-store';
import { settleLedgerEntries } from '@event-platform/core/storage/ledger/ledger-entries';
import type { NewDeadLetter } from '@event-platform/core/storage/dead-letters/log-dead-letters';
import type { Shard, ShardMap } from '@event-platform/core/storage/placement/shards';
import { splitByShard, type ShardPart } from '../coalesce/split-by-shard.ts';

/** How many failed jobs one round buries. Their ids are read at once, the jobs one by one. */
const jobsPerRun = 100;

/** Rows that become letters by one statement. */
const sliceBytes = 1_000_000;

export interface DeadLetterJobsOptions {
  queue: Queue<string, void>;
  shards: ShardMap;
  /** Those that this build reads (contracts/job-formats.ts). */
  formats: readonly number[];
  /** A part of a job was stored after all, but for what PostgreSQL refused. */
  onStored: (part: ShardPart, outcome: StoreOutcome) => void;
  /** Events became letters without PostgreSQL's refusal. */
  onDeadLettered: (reason: DeadLetterReason, newDeadLetters: NewDeadLetter[]) => void;
  /** The job is gone; undefined: nobody could read it. */
  onDone: (job: EventJob | undefined) => void;
}

/**
 * Deals with failed jobs, those that used up their attempts or stalled too often, oldest first, and
 * removes them. Their events are stored like those of any job, since a job may fail after its COMMIT
 * or for its worker's sake; what PostgreSQL refuses, and what nobody can read, becomes a dead letter.
 * Any worker may run this at any time: storing and burying are idempotent, and a job goes last.
 *
 * A job of a newer format stays for a worker that reads it. A job that cannot be dealt with now stays, and keeps none behind it waiting; a shard that is away is
 * not asked again in the same round.
 *
 * @returns how many jobs are gone
 * @throws the first error that kept a job in the queue, after all others were dealt with
 */
export async function deadLetterFailedJobs(options: DeadLetterJobsOptions): Promise<number> {
  const unavailable = new Set<Shard>();
  const errors: unknown[] = [];
  let gone = 0;
  for (let kept = 0; gone < jobsPerRun && unavailable.size < options.shards.all.length;) {
    const ids = await options.queue.getRanges(['failed'], kept, kept + jobsPerRun - 1, true);
    for (const id of ids) {
      try {
        const job = await options.queue.getJob(id);
        // Undefined: another worker was quicker.
        if (job && !(await deadLetterJob(job, options, unavailable))) kept++;
        else gone++;
      } catch (error) {
        errors.push(error);
        kept++;
      }
    }
    if (ids.length < jobsPerRun) break;
  }
  if (errors.length > 0) throw errors[0];
  return gone;
}

/** False: one of its shards is known to be away, or only a newer build can read it. */
async function deadLetterJob(
  job: Job<string, void>,
  options: DeadLetterJobsOptions,
  unavailable: Set<Shard>,
) {
  const decoded = tryDecode(job, options.formats);
  if (decoded instanceof NewerFormat) return false;
  const parts = decoded
    ? splitByShard(decoded, options.shards)
    : [unreadablePart(job, options.shards)];
  if (parts.some(({ shard }) => unavailable.has(shard))) return false;
  for (const part of parts) {
    try {
      await (decoded
        ? storePart(job, part, options)
        : deadLetterPart(job, part, 'job_unreadable', options));
    } catch (error) {
      unavailable.add(part.shard);
      throw error;
    }
  }
  await job.remove();
  options.onDone(decoded);
  return true;
}

async function storePart(job: Job<string, void>, part: ShardPart, options: DeadLetterJobsOptions) {
  try {
    const outcome = await storeBatch(part.shard, [part], defaultStorePolicy, part.ledgerEntries);
    options.onStored(part, outcome);
  } catch (error) {
    if (error instanceof StoreUnavailable) throw error;
    await deadLetterPart(job, part, 'attempts_exhausted', options);
  }
}

/** Makes a letter of each event, then settles: a crash in between repeats both. */
async function deadLetterPart(
  job: Job<string, void>,
  part: ShardPart,
  reason: DeadLetterReason,
  options: DeadLetterJobsOptions,
) {
  const cause = {
    reason,
    sqlstate: undefined,
    message: job.failedReason,
    detail: job.stacktrace?.join('\n\n'),
    attempts: job.attemptsMade,
  };
  const { shard, ledgerEntries } = part;
  const newDeadLetters: NewDeadLetter[] = [];
  for (const slice of sliceRows([part], sliceBytes)) {
    await deadLetterEvents(
      shard.pool,
      slice.map((row) => ({ row: parseRow(row), cause })),
    );
    newDeadLetters.push(
      ...slice.map((row) => ({ accountId: row.account_id, eventId: row.event_id })),
    );
  }
  await settleLedgerEntries(shard.pool, ledgerEntries);
  options.onDeadLettered(reason, newDeadLetters);
}

/** Undefined: nobody can read it. */
function tryDecode(
  job: Job<string, void>,
  formats: readonly number[],
): EventJob | NewerFormat | undefined {
  try {
    const decoded = decodeJob(job.data, formats);
    checkRows([{ rows: decoded.rows, events: countEvents(decoded) }]);
    return decoded;
  } catch (error) {
    return error instanceof NewerFormat ? error : undefined;
  }
}

/** A job that is not ours still must not vanish: it is kept whole as one letter. */
function unreadablePart(job: Job<string, void>, shards: ShardMap): ShardPart {
  const at = new Date(job.timestamp).toISOString();
  const row: EventRow = {
    ...plainRow('unknown', at),
    // With the time, since Redis counts its jobs from 1 again once it was emptied.
    event_id: `job-${job.id ?? 'without-id'}-${job.timestamp}`,
    type: 'unreadable',
    metadata: { data: legibleJob(job.data) },
  };
  const shard = shards.forAccount(row.account_id);
  const rows = writeRows([row]);
  return { shard, events: 1, bytes: rows.length, rows, minuteCounts: undefined, ledgerEntries: [] };
}
