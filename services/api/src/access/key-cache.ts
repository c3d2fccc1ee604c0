import { timingSafeEqual } from 'node:crypto';
import type pg from 'pg';
import type { Principal } from '@event-platform/shared/contracts/api-key';
import { findApiKey, parseApiKey } from '@event-platform/shared/database/api-keys';

type KeyRecord = Awaited<ReturnType<typeof findApiKey>>;

interface Entry {
  record: KeyRecord;
  readAtMs: number;
  refreshing: Promise<void> | undefined;
}

/** After this a known key is read again, while the request goes on with what is known. */
const refreshAfterMs = 3_000;
/** After this a request waits for the answer, so that revocation holds within ten seconds. */
const waitAfterMs = 8_000;
/** How long a request waits then, before PostgreSQL counts as away and the last answer holds. */
const waitAtMostMs = 1_500;
/** Unknown keys are remembered too, or guessing would become a load on PostgreSQL. */
const maxEntries = 10_000;

export type KeyOutcome =
  { outcome: 'known'; principal: Principal } | { outcome: 'unknown' } | { outcome: 'unavailable' };

/** Looks up API keys and remembers the answers. */
export class KeyCache {
  private readonly directory: pg.Pool;
  private readonly now: () => number;
  private readonly entries = new Map<string, Entry>();

  /** @param now clock in epoch milliseconds */
  constructor(directory: pg.Pool, now: () => number) {
    this.directory = directory;
    this.now = now;
  }

  async find(key: string): Promise<KeyOutcome> {
    const parsed = parseApiKey(key);
    if (!parsed) return { outcome: 'unknown' };
    const entry = await this.entry(parsed.keyId);
    if (!entry) return { outcome: 'unavailable' };
    const { record } = entry;
    if (!record || !timingSafeEqual(record.secretHash, parsed.secretHash)) {
      return { outcome: 'unknown' };
    }
    const { accountId, scopes } = record;
    return { outcome: 'known', principal: { keyId: parsed.keyId, accountId, scopes } };
  }

  private async entry(keyId: string): Promise<Entry | undefined> {
    const entry = this.entries.get(keyId);
    if (!entry) return this.read(keyId);
    const ageMs = this.now() - entry.readAtMs;
    if (ageMs >= refreshAfterMs) {
      entry.refreshing ??= this.read(keyId).then(() => {
        entry.refreshing = undefined;
      });
      if (ageMs >= waitAfterMs) {
        await withTimeout(entry.refreshing, waitAtMostMs);
        return this.entries.get(keyId) ?? entry;
      }
    }
    return entry;
  }

  /** Never rejects: without an answer what was known stays, or undefined where nothing was. */
  private async read(keyId: string): Promise<Entry | undefined> {
    try {
      const record = await findApiKey(this.directory, keyId);
      if (this.entries.size >= maxEntries) {
        const oldest = this.entries.keys().next().value;
        if (oldest !== undefined) this.entries.delete(oldest);
      }
      const entry: Entry = { record, readAtMs: this.now(), refreshing: undefined };
      this.entries.set(keyId, entry);
      return entry;
    } catch {
      return this.entries.get(keyId);
    }
  }
}

async function withTimeout(work: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
