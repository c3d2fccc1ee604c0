import type { ServerResponse } from 'node:http';
import type { EventStatus } from '@event-platform/core/storage/read/read-statuses';
import type { CommitNotifications } from '@event-platform/core/queue/commit-notifications';
import type { WaitOutcome } from './wait-metrics.ts';

/** The client's side of a request: it may leave before the answer. */
type Client = Pick<ServerResponse, 'once' | 'off'>;

/** Events of one account that are in the queue, and that the request waits for. */
export interface AwaitedBatch {
  accountId: string;
  eventIds: readonly string[];
}

/** What PostgreSQL holds of a batch, by event id; events that it does not hold yet are missing. */
export type Statuses = ReadonlyMap<string, EventStatus>;

/** The end of a wait. */
export interface Settled {
  /** By batch; undefined where it was not awaited, or PostgreSQL did not answer. */
  statuses: (Statuses | undefined)[];
  /** Every event that was awaited is stored or dead. */
  isComplete: boolean;
}

/** Why a wait is over, beside the notifications that it waits for. */
export type Ending = 'passed' | 'left' | 'drained';

export interface StoredWaitSettings {
  notifications: CommitNotifications;
  /** What PostgreSQL holds of a batch; undefined when it does not answer in time. */
  readStatuses: (batch: AwaitedBatch) => Promise<Map<string, EventStatus> | undefined>;
  count: (outcome: WaitOutcome) => void;
  client: Client;
  /** How many batches the request has. */
  batches: number;
  /** Milliseconds until the wait has passed. */
  waitMs: number;
  /** Called once the wait holds nothing any more. */
  onClosed: () => void;
}

/** One request that is answered after the COMMIT of its events. */
export class StoredWait {
  private readonly settings: StoredWaitSettings;
  private readonly expected: { token: number; notified: Promise<void> }[];
  private readonly ended = Promise.withResolvers<Ending>();
  private readonly timer: NodeJS.Timeout;

  constructor(settings: StoredWaitSettings) {
    const { notifications, batches, client, waitMs } = settings;
    this.settings = settings;
    this.expected = Array.from({ length: batches }, () => notifications.expect());
    this.timer = setTimeout(() => this.endWith('passed'), waitMs);
    client.once('close', this.onClientClose);
  }

  /** By batch: the token that its jobs carry. */
  get tokens(): number[] {
    return this.expected.map(({ token }) => token);
  }

  /**
   * Resolves when every awaited batch is stored or dead, or when the wait is over: it has passed, the client
   * has left, or the process shuts down. A notification only says when to read: `stored` is what PostgreSQL
   * shows.
   *
   * @param batches by batch of the request: undefined where it was not queued
   */
  async settled(batches: readonly (AwaitedBatch | undefined)[]): Promise<Settled> {
    const { notifications, count } = this.settings;
    const awaited = this.expected.filter((_, at) => batches[at]);
    const notified = Promise.all(awaited.map((one) => one.notified)).then(
      () => 'notified' as const,
    );
    const ending = await Promise.race([notified, this.ended.promise]);
    const isNotified = this.expected.map(({ token }) => notifications.unsubscribe(token));
    if (ending === 'left') {
      count('left');
      return { statuses: [], isComplete: false };
    }
    const statuses = await Promise.all(
      batches.map(async (batch, at) =>
        batch ? await this.read(batch, isNotified[at] === true) : undefined,
      ),
    );
    const isUnread = batches.some((batch, at) => batch && !statuses[at]);
    const isComplete = batches.every(
      (batch, at) => !batch || batch.eventIds.every((id) => statuses[at]?.has(id)),
    );
    const incomplete = isUnread || ending === 'notified' ? 'unknown' : ending;
    count(isComplete ? 'stored' : incomplete);
    return { statuses, isComplete };
  }

  /** Ends the wait, if it is not over. */
  endWith(ending: Ending): void {
    this.ended.resolve(ending);
  }

  /** Releases what the wait holds; called once the request needs it no longer, whatever happened. */
  close(): void {
    const { notifications, client, onClosed } = this.settings;
    clearTimeout(this.timer);
    client.off('close', this.onClientClose);
    for (const { token } of this.expected) notifications.unsubscribe(token);
    onClosed();
  }

  private readonly onClientClose = () => this.endWith('left');

  private async read(batch: AwaitedBatch, isNotified: boolean): Promise<Statuses | undefined> {
    const statuses = await this.settings.readStatuses(batch);
    // Without a notification a dead letter may be of an earlier try, while this one is still in the queue.
    if (statuses && !isNotified) {
      for (const [id, status] of statuses) if (status === 'dead') statuses.delete(id);
    }
    return statuses;
  }
}
