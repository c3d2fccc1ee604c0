import { v7 as uuidv7 } from 'uuid';
import { encodeJob, type JobDraft } from '@event-platform/shared/contracts/job';
import { rowSeparator } from '@event-platform/shared/contracts/row-lines';
import { countAccepted, type AcceptedCount } from '@event-platform/shared/queue/accepted-notes';
import type { Enqueuer } from '@event-platform/shared/queue/enqueuer';
import { Gatherer } from '@event-platform/shared/platform/gatherer';
import type { Logger } from '@event-platform/shared/platform/logger';
import {
  redisFailureFrom,
  redisFailureOf,
  type RedisFailure,
} from '@event-platform/shared/platform/redis-failure';
import type { GroupCell } from './sort-events.ts';

/** Events of one account with their place in the queue. */
export interface QueuedGroup {
  accountId: string;
  events: number;
  rows: string;
  cells: ReadonlyMap<string, GroupCell> | undefined;
  ids: string;
  priority: number;
  /** The minute in which its events were received, in minutes since 1970. */
  minute: number;
  /** What the request that waits for these events is called (queue/stored-news.ts). */
  waiter?: number;
}

export interface JobDeskSettings {
  enqueuer: Pick<Enqueuer, 'add'>;
  logger: Logger;
  attempts: number;
  /** This api process, in the ledger and for news of what is stored. */
  process: string;
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

/** A job is not joined beyond this many events or characters; a single group may be larger. */
const maxJobEvents = 1_000;
const maxJobCharacters = 500_000;

/** Pause before a job's second try, in milliseconds; doubles with each further one. */
const backoffMs = 1_000;

/**
 * Joins groups that have the same priority, and were received in the same minute, into jobs: the same
 * place in the queue is the same turn, so an account without a backlog may share a job with others
 * like it, and a backlogged one rides alone. Every job costs Redis the same whatever it holds, so
 * this is what makes single posts cheap.
 */
export function joinGroups(groups: readonly QueuedGroup[]): Draft[] {
  const drafts: Draft[] = [];
  const open = new Map<string, Draft>();
  for (const [index, group] of groups.entries()) {
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
      const lot = { id: uuidv7(), minute };
      const job: JobDraft = { lot, accounts: [], cells: [], ids: group.ids, rows };
      addAccount(job, group);
      const fresh = { job, waiters, events, priority, groups: [index] };
      drafts.push(fresh);
      open.set(place, fresh);
    }
  }
  return drafts;
}

/** Adds the group's account, and its cells if all that the job holds can be counted so. */
function addAccount(job: JobDraft, { accountId, events, cells }: QueuedGroup): void {
  const account = job.accounts.push([accountId, events]) - 1;
  if (!cells) delete job.cells;
  for (const cell of cells?.values() ?? []) {
    job.cells?.push([account, cell.minute, cell.type, cell.events]);
  }
}

/**
 * Adds groups to the queue: those of a moment together, in one round trip. What becomes of a group is
 * what became of the job that holds it.
 */
export class JobDesk {
  private readonly settings: JobDeskSettings;
  private readonly gatherer: Gatherer<QueuedGroup, RedisFailure | undefined>;

  constructor(settings: JobDeskSettings) {
    this.settings = settings;
    this.gatherer = new Gatherer({
      send: (groups) => this.addJobs(groups),
      maxItems: maxJobEvents,
    });
  }

  /**
   * Resolves when Redis has the job that holds the group, or with why it has not. An answer that got
   * lost may mean that the job was added, and counted; the caller may write the events elsewhere too,
   * since PostgreSQL keeps each once.
   */
  async add(group: QueuedGroup): Promise<RedisFailure | undefined> {
    try {
      return await this.gatherer.ask(group);
    } catch (error) {
      return redisFailureOf(error);
    }
  }

  private async addJobs(groups: QueuedGroup[]): Promise<(RedisFailure | undefined)[]> {
    const { enqueuer, attempts, process, onAccepted, logger } = this.settings;
    const drafts = joinGroups(groups);
    const { failures, noteFailure } = await enqueuer.add(
      drafts.map(({ job, waiters: tokens, priority }) => ({
        header: job,
        text: encodeJob(tokens.length > 0 ? { ...job, waiters: { process, tokens } } : job),
        opts: {
          priority,
          attempts,
          backoff: { type: 'exponential', delay: backoffMs },
          removeOnComplete: true,
        },
      })),
    );
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
    const answers: (RedisFailure | undefined)[] = [];
    drafts.forEach((draft, index) => {
      const words = failures[index];
      const failure = words === undefined ? undefined : redisFailureFrom(words);
      for (const at of draft.groups) answers[at] = failure;
    });
    return answers;
  }
}
