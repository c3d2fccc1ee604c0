import { readStatuses } from '@event-platform/core/storage/read/read-statuses';
import type { ShardMap } from '@event-platform/core/storage/placement/shards';
import type { CommitNotifications } from '@event-platform/core/queue/commit-notifications';
import { within } from '@event-platform/core/platform/within';
import type { WaitPreference } from './read-prefer.ts';
import { StoredWait, type AwaitedBatch, type StoredWaitSettings } from './stored-wait.ts';
import type { WaitOutcome } from './wait-metrics.ts';

export interface StoredWaitsSettings {
  notifications: CommitNotifications;
  /** Where the status of events is read. */
  shards: Pick<ShardMap, 'forAccount'>;
  count: (outcome: WaitOutcome) => void;
  /** A request that takes longer gets 504; a wait is over well before. */
  requestTimeoutMs: number;
}

/** A request that prefers to wait. */
export interface WaitRequest extends Pick<StoredWaitSettings, 'client' | 'batches'> {
  preference: WaitPreference;
  /** When it began, on the clock of `performance.now()`. */
  startedAtMs: number;
}

/** Requests that wait at once: each holds its connection and its events. Others are answered at once. */
const maxWaits = 1_000;

/** PostgreSQL has this long for the read at the end of a wait. */
const maxProbeMs = 1_000;

/** The requests of this process that are answered after the COMMIT of their events. */
export class StoredWaits {
  private readonly settings: StoredWaitsSettings;
  private readonly probeMs: number;
  private readonly open = new Set<StoredWait>();
  private isDraining = false;

  constructor(settings: StoredWaitsSettings) {
    this.settings = settings;
    this.probeMs = Math.min(maxProbeMs, settings.requestTimeoutMs / 4);
  }

  /**
   * Begins a wait: until the client's seconds have passed, or half of the time of a request has. The caller
   * puts its tokens into the jobs, and calls `close` in the end.
   *
   * @returns undefined where the request is to be answered at once: too many wait, or the process shuts down
   */
  async register(request: WaitRequest): Promise<StoredWait | undefined> {
    const { notifications, count, requestTimeoutMs } = this.settings;
    if (this.isDraining || this.open.size >= maxWaits) {
      count(this.isDraining ? 'drained' : 'refused');
      return undefined;
    }
    const { preference, startedAtMs, client, batches } = request;
    const leftMs = Math.max(0, startedAtMs + requestTimeoutMs / 2 - performance.now());
    const waitMs = Math.min((preference.seconds ?? Infinity) * 1_000, leftMs);
    const wait: StoredWait = new StoredWait({
      ...{ notifications, count, client, batches, waitMs },
      readStatuses: (batch) => this.readStatuses(batch),
      onClosed: () => this.open.delete(wait),
    });
    this.open.add(wait);
    await notifications.listen();
    return wait;
  }

  /** Ends every wait and begins none any more: what is known by now is the answer. */
  drain(): void {
    this.isDraining = true;
    for (const wait of this.open) wait.endWith('drained');
  }

  private async readStatuses({ accountId, eventIds }: AwaitedBatch) {
    const shard = this.settings.shards.forAccount(accountId);
    try {
      return await within(this.probeMs, readStatuses(shard, accountId, [...eventIds]));
    } catch {
      return undefined;
    }
  }
}
