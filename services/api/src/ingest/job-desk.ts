import { encodeJob, type EventJob } from '@event-platform/shared/contracts/job';
import { Gatherer } from '@event-platform/shared/platform/gatherer';
import type { TextQueue } from '@event-platform/shared/queue/text-job';
import type { WaitingNotes } from '@event-platform/shared/queue/waiting-notes';

/** Events of one account with their place in the queue. */
export interface QueuedGroup {
  accountId: string;
  events: number;
  rows: string;
  ids: string;
  priority: number;
}

export interface JobDeskSettings {
  queue: TextQueue;
  notes: WaitingNotes;
  attempts: number;
}

interface Draft {
  job: EventJob;
  events: number;
  priority: number;
}

/** A job is not joined beyond this many events or characters; a single group may be larger. */
const maxJobEvents = 1_000;
const maxJobCharacters = 500_000;

/** While Redis takes jobs the next ones gather, so that they are fewer and larger. */
const maxCalls = 1;

/** Pause before a job's second try, in milliseconds; doubles with each further one. */
const backoffMs = 1_000;

/**
 * Joins groups that have the same priority into jobs: the same place in the queue is the same turn,
 * so an account without a backlog may share a job with others like it, and a backlogged one rides
 * alone. Every job costs Redis the same whatever it holds, so this is what makes single posts cheap.
 */
export function joinGroups(groups: readonly QueuedGroup[]): Draft[] {
  const drafts: Draft[] = [];
  const open = new Map<number, Draft>();
  for (const { accountId, events, rows, ids, priority } of groups) {
    const draft = open.get(priority);
    if (
      draft &&
      draft.events + events <= maxJobEvents &&
      draft.job.rows.length + rows.length <= maxJobCharacters
    ) {
      draft.events += events;
      draft.job.accounts.push([accountId, events]);
      draft.job.ids += ids;
      draft.job.rows += `,${rows}`;
    } else {
      const fresh = { job: { accounts: [[accountId, events]], ids, rows }, events, priority };
      drafts.push(fresh as Draft);
      open.set(priority, fresh as Draft);
    }
  }
  return drafts;
}

/**
 * Adds groups to the queue: those of a moment together, in one round trip.
 *
 * Redis away: rejects with the client's error. A reply that got lost may mean that the job was
 * added; the caller may write the events elsewhere too, since PostgreSQL keeps each once.
 */
export class JobDesk {
  private readonly settings: JobDeskSettings;
  private readonly gatherer: Gatherer<QueuedGroup, void>;

  constructor(settings: JobDeskSettings) {
    this.settings = settings;
    this.gatherer = new Gatherer({
      send: (groups) => this.addJobs(joinGroups(groups)),
      maxCalls,
      maxItems: maxJobEvents,
    });
  }

  /** Resolves when Redis has the job that holds the group. */
  add(group: QueuedGroup): Promise<void> {
    return this.gatherer.ask(group);
  }

  private async addJobs(drafts: Draft[]): Promise<void[]> {
    const { queue, notes, attempts } = this.settings;
    // Sent in this order on one connection, so an event is noted before its job can be taken.
    const noted = notes.note(drafts.map(({ job }) => job));
    const added = drafts.map(({ job, priority }) =>
      queue.add('events', encodeJob(job), {
        priority,
        attempts,
        backoff: { type: 'exponential', delay: backoffMs },
        removeOnComplete: true,
      }),
    );
    await Promise.all([noted, ...added]);
    // A group's answer is that there is no error.
    return [];
  }
}
