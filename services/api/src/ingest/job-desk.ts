import { v7 as uuidv7 } from 'uuid';
import { encodeJob, type JobDraft } from '@event-platform/shared/contracts/job';
import { rowSeparator } from '@event-platform/shared/contracts/row-lines';
import {
  countAccepted,
  type AcceptedCount,
  type AcceptedNotes,
} from '@event-platform/shared/queue/accepted-notes';
import { Gatherer } from '@event-platform/shared/platform/gatherer';
import type { TextQueue } from '@event-platform/shared/queue/text-job';
import type { WaitingNotes } from '@event-platform/shared/queue/waiting-notes';
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
  queue: TextQueue;
  notes: WaitingNotes;
  accepted: AcceptedNotes;
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
  for (const group of groups) {
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
      draft.job.ids += group.ids;
      draft.job.rows += `${rowSeparator}${rows}`;
      addAccount(draft.job, group);
    } else {
      const lot = { id: uuidv7(), minute };
      const job: JobDraft = { lot, accounts: [], cells: [], ids: group.ids, rows };
      addAccount(job, group);
      const fresh = { job, waiters, events, priority };
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
 * Adds groups to the queue: those of a moment together, in one round trip.
 *
 * Redis away: rejects with the client's error. A reply that got lost may mean that the job was
 * added; the caller may write the events elsewhere too, since PostgreSQL keeps each once.
 */
export class JobDesk {
  private readonly settings: JobDeskSettings;
  private readonly gatherer: Gatherer<QueuedGroup, undefined>;

  constructor(settings: JobDeskSettings) {
    this.settings = settings;
    this.gatherer = new Gatherer({
      send: (groups) => this.addJobs(joinGroups(groups)),
      maxItems: maxJobEvents,
    });
  }

  /** Resolves when Redis has the job that holds the group. */
  add(group: QueuedGroup): Promise<void> {
    return this.gatherer.ask(group);
  }

  private async addJobs(drafts: Draft[]): Promise<undefined[]> {
    const { queue, notes, accepted, attempts, process, onAccepted } = this.settings;
    const jobs = drafts.map(({ job }) => job);
    const counts = countAccepted(process, jobs);
    const entries = drafts.map(({ job, waiters: tokens, priority }) => ({
      text: encodeJob(tokens.length > 0 ? { ...job, waiters: { process, tokens } } : job),
      opts: {
        priority,
        attempts,
        backoff: { type: 'exponential', delay: backoffMs },
        removeOnComplete: true,
      },
    }));
    // Noted before it can be taken, and counted if and only if it is added.
    await queue.addTogether(entries, (transaction) => {
      notes.note(transaction, jobs);
      accepted.note(transaction, counts);
    });
    onAccepted(counts);
    // A group's answer is that there is no error.
    return [];
  }
}
