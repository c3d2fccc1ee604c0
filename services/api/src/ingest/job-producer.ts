import { setImmediate as nextTurn } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { encodeJob, type JobDraft } from '@event-platform/core/event/job';
import { rowSeparator } from '@event-platform/core/event/row-lines';
import { countAccepted, type AcceptedCount } from '@event-platform/core/queue/accepted-counters';
import type { Enqueuer, NewJob } from '@event-platform/core/queue/enqueuer';
import { Batcher } from '@event-platform/core/platform/batcher';
import type { Logger } from '@event-platform/core/platform/logger';
import {
  redisFailureFrom,
  redisFailureOf,
  type RedisFailure,
} from '@event-platform/core/platform/redis-failure';
import { cutGroup } from './cut-group.ts';
import type { QueuedGroup } from './queued-group.ts';

export interface JobProducerSettings {
  enqueuer: Pick<Enqueuer, 'add'>;
  logger: Logger;
  attempts: number;
  /** The newest format of jobs that may be written (format-watch.ts). */
  newestFormat: () => number;
  /** This api process, in the ledger and for news of what is stored. */
  process: string;
  /** Called before anything is added, where several jobs carry the events that one request waits for. */
  onCut: (waiter: number, jobs: number) => void;
  /** Called with what Redis has taken. */
  onAccepted: (counts: readonly AcceptedCount[]) => void;
}

interface Draft {
  job: JobDraft;
  /** Requests that wait for it. */
  waiters: number[];
  events: number;
  priority: number;
  /** Where the groups that it holds stand in the list of all. */
  groups: number[];
}

/**
 * A job holds at most so many characters of rows, or one event, and is not joined beyond so many events.
 * The characters bound a worker's memory (docs/configuration.md): all jobs that it may take at once may
 * be as large.
 */
const maxJobEvents = 1_000;
export const maxJobCharacters = 500_000;

/** Characters of rows in one transaction; a group that is larger goes alone. */
const maxCallCharacters = 4_000_000;

/** After writing so many characters of rows as jobs, other requests get their turn: some 10 ms. */
const charactersPerTurn = 2_000_000;

/** Pause before a job's second try, in milliseconds; doubles with each further one. */
const backoffMs = 1_000;

/**
 * Cuts groups that are too large for one job, and joins groups that have the same priority, and were received in the same minute, into jobs: the same
 * place in the queue is the same turn, so an account without a backlog may share a job with others
 * like it, and a backlogged one rides alone. Every job costs Redis the same whatever it holds, so
 * this is what makes single posts cheap.
 */
export function joinGroups(groups: readonly QueuedGroup[]): Draft[] {
  const drafts: Draft[] = [];
  const open = new Map<string, Draft>();
  const pieces = groups.flatMap((group, index) =>
    cutGroup(group, maxJobCharacters).map((piece) => ({ group: piece, index })),
  );
  for (const { group, index } of pieces) {
    const { events, rows, priority, minute } = group;
    const waiters = group.waiter === undefined ? [] : [group.waiter];
    const place = `${minute}:${priority}`;
    const draft = open.get(place);
    if (
      draft &&
      draft.events + events <= maxJobEvents &&
      draft.job.rows.length + rows.length <= maxJobCharacters
    ) {
      draft.events += events;
      draft.waiters.push(...waiters);
      draft.groups.push(index);
      draft.job.ids += group.ids;
      draft.job.rows += `${rowSeparator}${rows}`;
      addAccount(draft.job, group);
    } else {
      const ledgerEntry = { id: uuidv7(), minute };
      const job: JobDraft = { ledgerEntry, accounts: [], minuteCounts: [], ids: group.ids, rows };
      addAccount(job, group);
      const fresh = { job, waiters, events, priority, groups: [index] };
      drafts.push(fresh);
      open.set(place, fresh);
    }
  }
  return drafts;
}

/** Adds the group's account, and its cells. */
function addAccount(job: JobDraft, { accountId, events, minuteCounts }: QueuedGroup): void {
  const account = job.accounts.push([accountId, events]) - 1;
  for (const minuteCount of minuteCounts.values()) {
    job.minuteCounts?.push([account, minuteCount.minute, minuteCount.type, minuteCount.events]);
  }
}

/** How often each waiter is named. */
function countWaiters(drafts: readonly Draft[]): Map<number, number> {
  const times = new Map<number, number>();
  for (const waiter of drafts.flatMap(({ waiters }) => waiters)) {
    times.set(waiter, (times.get(waiter) ?? 0) + 1);
  }
  return times;
}

/**
 * Adds groups to the queue: those of a moment together, in one round trip. What becomes of a group is
 * what became of the job that holds it.
 */
export class JobProducer {
  private readonly settings: JobProducerSettings;
  private readonly batcher: Batcher<QueuedGroup, RedisFailure | undefined>;

  constructor(settings: JobProducerSettings) {
    this.settings = settings;
    this.batcher = new Batcher({
      send: (groups) => this.addJobs(groups),
      maxItems: maxJobEvents,
      sizeOf: (group) => group.rows.length,
      maxSize: maxCallCharacters,
    });
  }

  /**
   * Resolves when Redis has the job that holds the group, or all the jobs that hold pieces of it, or with
   * why it has not. An answer that got lost may mean that the jobs were added, and counted; the caller may
   * write the events elsewhere too, since PostgreSQL keeps each once.
   */
  async add(group: QueuedGroup): Promise<RedisFailure | undefined> {
    try {
      return await this.batcher.ask(group);
    } catch (error) {
      return redisFailureOf(error);
    }
  }

  private async addJobs(groups: QueuedGroup[]): Promise<(RedisFailure | undefined)[]> {
    const { enqueuer, process, onCut, onAccepted, logger } = this.settings;
    const drafts = joinGroups(groups);
    for (const [waiter, times] of countWaiters(drafts)) if (times > 1) onCut(waiter, times);
    const { failures, noteFailure } = await enqueuer.add(await this.encode(drafts));
    const added = drafts.filter((_, index) => failures[index] === undefined);
    onAccepted(
      countAccepted(
        process,
        added.map(({ job }) => job),
      ),
    );
    if (noteFailure !== undefined) {
      logger.warn({ words: noteFailure }, 'Redis has jobs, but cannot note their events');
    }
    return answersOf(groups, drafts, failures);
  }

  /** Writes the jobs; other requests get their turn in between. */
  private async encode(drafts: readonly Draft[]): Promise<NewJob[]> {
    const jobs: NewJob[] = [];
    let characters = 0;
    for (const draft of drafts) {
      if (characters > charactersPerTurn) {
        await nextTurn();
        characters = 0;
      }
      jobs.push(this.jobOf(draft));
      characters += draft.job.rows.length;
    }
    return jobs;
  }

  private jobOf({ job, waiters: tokens, priority }: Draft): NewJob {
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

/** What became of each group: of one that was cut, why a piece of it was not added. */
function answersOf(
  groups: readonly QueuedGroup[],
  drafts: readonly Draft[],
  failures: readonly (string | undefined)[],
): (RedisFailure | undefined)[] {
  const answers = groups.map((): RedisFailure | undefined => undefined);
  drafts.forEach((draft, index) => {
    const words = failures[index];
    if (words === undefined) return;
    for (const at of draft.groups) answers[at] = redisFailureFrom(words);
  });
  return answers;
}
