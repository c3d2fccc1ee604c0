import { setImmediate as nextTurn } from 'node:timers/promises';
import { encodeJob } from '@event-platform/core/event/job';
import type { SourceCount } from '@event-platform/core/event/count';
import { countAccepted } from '@event-platform/core/queue/accepted-counters';
import type { Enqueuer, NewJob } from '@event-platform/core/queue/enqueuer';
import { Batcher } from '@event-platform/core/platform/batcher';
import type { Logger } from '@event-platform/core/platform/logger';
import {
  redisFailureFrom,
  redisFailureOf,
  type RedisFailure,
} from '@event-platform/core/platform/redis-failure';
import { joinBatches, maxJobEvents, type JoinedJob, type QueueEntry } from './join-batches.ts';

export interface JobProducerSettings {
  enqueuer: Pick<Enqueuer, 'add'>;
  logger: Logger;
  attempts: number;
  /** The newest format of jobs that may be written (format-watch.ts). */
  newestFormat: () => number;
  /** This api process, in the ledger and for commit notifications. */
  process: string;
  /** Called before anything is added, where several jobs carry the events that one request waits for. */
  onCut: (waiter: number, jobs: number) => void;
  /** Called with what Redis has accepted. */
  onAccepted: (counts: readonly SourceCount[]) => void;
}

/** Characters of rows in one transaction; a batch that is larger goes alone. */
const maxCallCharacters = 4_000_000;

/** After writing so many characters of rows as jobs, other requests get their turn: some 10 ms. */
const charactersPerTurn = 2_000_000;

/** Pause before a job's second try, in milliseconds; doubles with each further one. */
const backoffMs = 1_000;

/** Adds batches to the queue, those of a moment together in one round trip. */
export class JobProducer {
  private readonly settings: JobProducerSettings;
  private readonly batcher: Batcher<QueueEntry, RedisFailure | undefined>;

  constructor(settings: JobProducerSettings) {
    this.settings = settings;
    this.batcher = new Batcher({
      send: (entries) => this.addJobs(entries),
      maxItems: maxJobEvents,
      sizeOf: ({ batch }) => batch.rows.length,
      maxSize: maxCallCharacters,
    });
  }

  /**
   * Resolves when Redis has the job that holds the batch, or all jobs that hold pieces of it, or with why it
   * has not. A lost answer may mean that the jobs were added, and counted; the caller may write the events
   * elsewhere too, since PostgreSQL keeps each once.
   */
  async add(entry: QueueEntry): Promise<RedisFailure | undefined> {
    try {
      return await this.batcher.add(entry);
    } catch (error) {
      return redisFailureOf(error);
    }
  }

  private async addJobs(entries: QueueEntry[]): Promise<(RedisFailure | undefined)[]> {
    const { enqueuer, process, onCut, onAccepted, logger } = this.settings;
    const joined = joinBatches(entries);
    for (const [waiter, times] of countWaiters(joined)) if (times > 1) onCut(waiter, times);
    const { failures, noteFailure } = await enqueuer.add(await this.encode(joined));
    const added = joined.filter((_, index) => failures[index] === undefined);
    onAccepted(
      countAccepted(
        process,
        added.map(({ job }) => job),
      ),
    );
    if (noteFailure !== undefined) {
      logger.warn({ words: noteFailure }, 'Redis has jobs, but cannot record their pending ids');
    }
    return failuresByEntry(entries.length, joined, failures);
  }

  /** Writes the jobs; other requests get their turn in between. */
  private async encode(joined: readonly JoinedJob[]): Promise<NewJob[]> {
    const jobs: NewJob[] = [];
    let characters = 0;
    for (const one of joined) {
      if (characters > charactersPerTurn) {
        await nextTurn();
        characters = 0;
      }
      jobs.push(this.encodeOne(one));
      characters += one.job.rows.length;
    }
    return jobs;
  }

  private encodeOne({ job, waiters: tokens, priority }: JoinedJob): NewJob {
    const { attempts, process, newestFormat } = this.settings;
    return {
      header: job,
      text: encodeJob(
        tokens.length > 0 ? { ...job, waiters: { process, tokens } } : job,
        newestFormat(),
      ),
      opts: {
        priority,
        attempts,
        backoff: { type: 'exponential', delay: backoffMs },
        removeOnComplete: true,
      },
    };
  }
}

/** How many jobs each waiter waits for. */
function countWaiters(joined: readonly JoinedJob[]): Map<number, number> {
  const times = new Map<number, number>();
  for (const waiter of joined.flatMap(({ waiters }) => waiters)) {
    times.set(waiter, (times.get(waiter) ?? 0) + 1);
  }
  return times;
}

/** By entry: why a job that holds it, or a piece of it, was not added. */
function failuresByEntry(
  entries: number,
  joined: readonly JoinedJob[],
  failures: readonly (string | undefined)[],
): (RedisFailure | undefined)[] {
  const answers = Array.from({ length: entries }, (): RedisFailure | undefined => undefined);
  joined.forEach((one, index) => {
    const words = failures[index];
    if (words === undefined) return;
    for (const entry of one.entries) answers[entry] = redisFailureFrom(words);
  });
  return answers;
}
