import { timingSafeEqual } from 'node:crypto';
import type pg from 'pg';
import type { Principal } from '@event-platform/core/storage/accounts/api-key';
import {
  findApiKey,
  newestApiKeys,
  parseApiKey,
  type LiveKey,
} from '@event-platform/core/storage/accounts/api-keys';
import { PeriodicTask } from '@event-platform/core/platform/periodic-task';
import { within } from '@event-platform/core/platform/within';

interface Entry {
  /** Undefined: there is no such live key. */
  record: LiveKey | undefined;
  readAtMs: number;
  refreshing: Promise<void> | undefined;
}

/** After this a known key is read again, while the request goes on with what is known. */
const refreshAfterMs = 3_000;
/** After this a request waits for the answer, so that revocation holds within ten seconds. */
const waitAfterMs = 8_000;
/** How long a request waits then, before PostgreSQL counts as unavailable and the last answer holds. */
const waitAtMostMs = 1_500;
/**
 * Bounds the keys in use and those that do not exist, each by itself: these are remembered too, or
 * guessing would become a load on PostgreSQL, but they must not push out the former.
 */
const defaultMaxEntries = 10_000;
/** How often new keys are read, so that they are known here before they are first shown. */
const refreshEveryMs = 10_000;
/** A key shows when its transaction ends, later than the time that it bears. */
const overlapMs = 60_000;

export type KeyOutcome =
  { outcome: 'known'; principal: Principal } | { outcome: 'unknown' } | { outcome: 'unavailable' };

/**
 * Looks up API keys and remembers the answers. It also reads the keys that no request has
 * shown yet: a client may reach this process for the first time while PostgreSQL is unavailable.
 */
export class KeyCache {
  private readonly directory: pg.Pool;
  private readonly now: () => number;
  private readonly maxEntries: number;
  private readonly live = new Map<string, Entry>();
  private readonly absent = new Map<string, Entry>();
  /** Set while PostgreSQL does not answer: waiting for it each time would slow every request. */
  private isUnavailable = false;
  private newest = new Date(0);
  private readonly task = new PeriodicTask(() => this.refresh(), refreshEveryMs);

  /**
   * @param now clock in epoch milliseconds
   * @param maxEntries of each kind, live and unknown
   */
  constructor(directory: pg.Pool, now: () => number, maxEntries = defaultMaxEntries) {
    this.directory = directory;
    this.now = now;
    this.maxEntries = maxEntries;
  }

  /**
   * Finds the principal of a key.
   *
   * @param mayRead whether PostgreSQL may be read for an id that is not cached; else it is unknown
   */
  async find(key: string, mayRead: () => boolean): Promise<KeyOutcome> {
    const parsed = parseApiKey(key);
    if (!parsed) return { outcome: 'unknown' };
    const known = this.recall(parsed.keyId);
    if (!known && !mayRead()) return { outcome: 'unknown' };
    const entry = await this.entry(parsed.keyId, known);
    if (!entry) return { outcome: 'unavailable' };
    const { record } = entry;
    if (!record || !timingSafeEqual(record.secretHash, parsed.secretHash)) {
      return { outcome: 'unknown' };
    }
    const { accountId, scopes } = record;
    return { outcome: 'known', principal: { keyId: parsed.keyId, accountId, scopes } };
  }

  /** Reads all keys, and regularly the new ones; resolves after the first try, also when it failed. */
  async start(): Promise<void> {
    this.task.start();
    await this.task.now();
  }

  stop(): Promise<void> {
    return this.task.stop();
  }

  /** Never rejects: without an answer the next run reads the same. */
  private async refresh(): Promise<void> {
    const after = new Date(this.newest.getTime() - overlapMs);
    const readAtMs = this.now();
    const keys = await newestApiKeys(this.directory, { after, limit: this.maxEntries }).catch(
      () => [],
    );
    for (const { keyId, createdAt, key } of keys) {
      if (createdAt > this.newest) this.newest = createdAt;
      // A key in use is not pushed out for one that may never be shown.
      if (this.live.has(keyId) || this.live.size >= this.maxEntries) continue;
      this.absent.delete(keyId);
      this.live.set(keyId, { record: key, readAtMs, refreshing: undefined });
    }
  }

  private recall(keyId: string): Entry | undefined {
    return this.live.get(keyId) ?? this.absent.get(keyId);
  }

  private async entry(keyId: string, entry: Entry | undefined): Promise<Entry | undefined> {
    if (!entry) return this.read(keyId);
    const ageMs = this.now() - entry.readAtMs;
    if (ageMs >= refreshAfterMs) {
      entry.refreshing ??= this.read(keyId).then(() => {
        entry.refreshing = undefined;
      });
      if (ageMs >= waitAfterMs && !this.isUnavailable) {
        if (!(await endsWithin(waitAtMostMs, entry.refreshing))) this.isUnavailable = true;
        return this.recall(keyId) ?? entry;
      }
    }
    return entry;
  }

  /** Never rejects: without an answer what was known stays, or undefined where nothing was. */
  private async read(keyId: string): Promise<Entry | undefined> {
    try {
      const record = await findApiKey(this.directory, keyId);
      const entry: Entry = { record, readAtMs: this.now(), refreshing: undefined };
      this.live.delete(keyId);
      this.absent.delete(keyId);
      const entries = record ? this.live : this.absent;
      if (entries.size >= this.maxEntries) {
        const oldest = entries.keys().next().value;
        if (oldest !== undefined) entries.delete(oldest);
      }
      entries.set(keyId, entry);
      this.isUnavailable = false;
      return entry;
    } catch {
      this.isUnavailable = true;
      return this.recall(keyId);
    }
  }
}

/** Whether the work ends in time; it goes on in any case. */
function endsWithin(timeoutMs: number, work: Promise<void>): Promise<boolean> {
  return within(timeoutMs, work).then(
    () => true,
    () => false,
  );
}
