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
import { splitByShard, type ShardBatch } from '@event-platform/core/storage/write/split-by-shard';

/** Failed jobs per run. Their ids are read at once, the jobs one by one. */
const jobsPerRun = 100;

/** Bytes of rows that become dead letters by one statement. */
const sliceBytes = 1_000_000;

export interface DeadLetterJobsOptions {
  queue: Queue<string, void>;
  shards: ShardMap;
  /** Formats of jobs that this build reads. */
  formats: readonly number[];
  /** A part of a job was stored after all, except for events that PostgreSQL refused. */
  onStored: (part: ShardBatch, outcome: StoreOutcome) => void;
  /** Events became dead letters for another reason than PostgreSQL's refusal. */
  onDeadLettered: (reason: DeadLetterReason, newDeadLetters: NewDeadLetter[]) => void;
  /** The job is removed; undefined: it could not be read. */
  onDone: (job: EventJob | undefined) => Promise<void>;
}

/**
 * Removes failed jobs, oldest first: those that used up their attempts or stalled too often. Their events are
 * stored like those of any job, since a job may fail after its COMMIT or because of its worker. An event that
 * PostgreSQL refuses, and a job that cannot be read, becomes a dead letter. Several processes may run this at
 * once: both writes are idempotent, and the job is removed last.
 *
 * A job of a newer format stays for a build that reads it. A job that cannot be handled now stays too, and does
 * not hold up those after it. A shard that fails once is skipped for the rest of the run.
 *
 * @returns how many jobs were removed
 * @throws the first error that kept a job in the queue, after all other jobs were handled
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
        // Undefined: another process has removed it.
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

/** False: one of its shards has failed in this run, or only a newer build can read it. */
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
  await options.onDone(decoded);
  return true;
}

async function storePart(job: Job<string, void>, part: ShardBatch, options: DeadLetterJobsOptions) {
  try {
    const outcome = await storeBatch(part.shard, [part], defaultStorePolicy, part.ledgerEntries);
    options.onStored(part, outcome);
  } catch (error) {
    if (error instanceof StoreUnavailable) throw error;
    await deadLetterPart(job, part, 'attempts_exhausted', options);
  }
}

/** Makes a dead letter of each event, then settles: a crash in between repeats both. */
async function deadLetterPart(
  job: Job<string, void>,
  part: ShardBatch,
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

/** Undefined: it cannot be read. */
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

/** A job of unknown content must not vanish either: it is kept whole as one dead letter. */
function unreadablePart(job: Job<string, void>, shards: ShardMap): ShardBatch {
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
