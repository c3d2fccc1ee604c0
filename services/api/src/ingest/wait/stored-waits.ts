import { timeout, TimeoutStrategy } from 'cockatiel';
import type { Response } from 'express';
import type { EventResult } from '@event-platform/core/event/results';
import { readStatuses } from '@event-platform/core/storage/read/read-statuses';
import type { ShardMap } from '@event-platform/core/storage/placement/shards';
import type { CommitNotifications } from '@event-platform/core/queue/commit-notifications';
import { requestContextOf } from '../../http/request-context.ts';
import type { GroupOutcome } from '../accept-groups.ts';
import type { EventGroup, SortedEvents } from '../sort-events.ts';
import type { WaitPreference } from './read-prefer.ts';
import type { WaitOutcome } from './wait-metrics.ts';

export interface StoredWaitsSettings {
  notifications: CommitNotifications;
  /** Where it is looked up what became of events. */
  shards: Pick<ShardMap, 'forAccount'>;
  count: (outcome: WaitOutcome) => void;
  /** A request that takes longer gets 504; a wait is over well before. */
  requestTimeoutMs: number;
}

/** A request that would wait. */
export interface WaitingRequest {
  preference: WaitPreference;
  /** When it began, on the clock of `performance.now()`. */
  startedAtMs: number;
  sorted: SortedEvents;
  response: Response;
}

/** Requests that wait at once: each holds its connection and its events. Others are answered at once. */
const maxWaits = 1_000;

/** PostgreSQL has this long for the look at the end of a wait. */
const maxProbeMs = 1_000;

/** Why a wait is over, beside the news that it waits for. */
type Ending = 'passed' | 'left' | 'drained';

/** The requests of this process that are answered after the COMMIT of their events. */
export class StoredWaits {
  private readonly settings: StoredWaitsSettings;
  private readonly inTime: ReturnType<typeof timeout>;
  private readonly ends = new Set<(ending: Ending) => void>();
  private isDraining = false;

  constructor(settings: StoredWaitsSettings) {
    this.settings = settings;
    const probeMs = Math.min(maxProbeMs, settings.requestTimeoutMs / 4);
    this.inTime = timeout(probeMs, TimeoutStrategy.Aggressive);
  }

  /**
   * Accepts the groups of a request, and waits until every one that was queued is stored or dead, or
   * until the wait is over: when the client's seconds have passed, or half of the time of a request
   * has; when the client leaves; at shutdown. Sets Preference-Applied where no event is left open.
   *
   * @param accept queues the groups, or stores them
   * @returns the outcomes, with what PostgreSQL knows of the events
   */
  async run(
    request: WaitingRequest,
    accept: () => Promise<GroupOutcome[]>,
  ): Promise<GroupOutcome[]> {
    const { notifications, count } = this.settings;
    if (this.isDraining || this.ends.size >= maxWaits) {
      count(this.isDraining ? 'drained' : 'refused');
      return accept();
    }
    const { groups } = request.sorted;
    const { ended, clear } = this.begin(request);
    const expected = groups.map((group) => {
      const one = notifications.expect();
      group.waiter = one.token;
      return one;
    });
    try {
      await notifications.listen();
      const outcomes = await accept();
      const queued = expected.filter((_, at) => outcomes[at]?.kind === 'queued');
      const notified = Promise.all(queued.map((one) => one.notified)).then(() => 'told' as const);
      const ending = await Promise.race([notified, ended]);
      const isNotified = expected.map(({ token }) => notifications.unsubscribe(token));
      if (ending !== 'left') return await this.readNow(request, outcomes, isNotified, ending);
      count('left');
      return outcomes;
    } finally {
      clear();
      for (const { token } of expected) notifications.unsubscribe(token);
    }
  }

  /** Ends every wait, and lets nobody wait any more: what is known by now is the answer. */
  drain(): void {
    this.isDraining = true;
    for (const end of this.ends) end('drained');
  }

  private begin({ preference, startedAtMs, response }: WaitingRequest) {
    const { promise: ended, resolve: end } = Promise.withResolvers<Ending>();
    const nowMs = performance.now();
    const lastMs = startedAtMs + this.settings.requestTimeoutMs / 2 - nowMs;
    const waitMs = Math.min((preference.seconds ?? Infinity) * 1_000, Math.max(0, lastMs));
    const timer = setTimeout(() => end('passed'), waitMs);
    const onClose = () => end('left');
    response.once('close', onClose);
    this.ends.add(end);
    const clear = () => {
      clearTimeout(timer);
      response.off('close', onClose);
      this.ends.delete(end);
      // What the client asked for is not our slowness.
      requestContextOf(response).waitedMs = performance.now() - nowMs;
    };
    return { ended, clear };
  }

  private async readNow(
    { preference, sorted: { groups, results }, response }: WaitingRequest,
    outcomes: GroupOutcome[],
    isNotified: boolean[],
    ending: Exclude<Ending, 'left'> | 'told',
  ): Promise<GroupOutcome[]> {
    const polls = outcomes.map(async (outcome, at): Promise<GroupOutcome> => {
      const group = groups[at];
      if (outcome.kind !== 'queued' || !group) return outcome;
      const statuses = await this.statusesOf(group, results, isNotified[at] === true);
      return { ...outcome, ...(statuses && { statuses }) };
    });
    const known = await Promise.all(polls);
    const taken = known.filter(({ kind }) => kind !== 'denied');
    const isUnknown = known.some((outcome) => outcome.kind === 'queued' && !outcome.statuses);
    const isSettled = groups.every((group, at) => isFinal(known[at], idsOf(group, results)));
    const unsettled = isUnknown || ending === 'told' ? 'unknown' : ending;
    this.settings.count(isSettled ? 'stored' : unsettled);
    if (isSettled && taken.length > 0 && !response.headersSent) {
      response.setHeader('Preference-Applied', preference.applied);
    }
    return known;
  }

  /** What PostgreSQL knows of a group; undefined when it does not answer. */
  private async statusesOf(
    group: EventGroup,
    results: readonly EventResult[],
    isNotified: boolean,
  ) {
    const shard = this.settings.shards.forAccount(group.accountId);
    const ids = idsOf(group, results);
    try {
      const statuses = await this.inTime.execute(() => readStatuses(shard, group.accountId, ids));
      // Without news a letter may be of an earlier try, while this one still waits in the queue.
      if (!isNotified)
        for (const [id, status] of statuses) if (status === 'dead') statuses.delete(id);
      return statuses;
    } catch {
      return undefined;
    }
  }
}

function idsOf({ indexes }: EventGroup, results: readonly EventResult[]): string[] {
  return indexes.map((index) => results[index]?.event_id ?? '');
}

function isFinal(outcome: GroupOutcome | undefined, ids: string[]): boolean {
  return outcome?.kind !== 'queued' || ids.every((id) => outcome.statuses?.has(id));
}
