import { Gauge, type Registry } from 'prom-client';
import { summaryLists } from '@event-platform/core/event/results';
import type { Logger } from '@event-platform/core/platform/logger';

/** Bits of an account, 512 bytes: at a thousand types the estimate is good to a few percent. */
const bitsPerAccount = 4_096;
/** How many bits so many types set, since some share one (linear counting; Whang and others, 1990). */
const bitsOfMany = Math.round(
  bitsPerAccount * (1 - Math.exp(-summaryLists.types.most / bitsPerAccount)),
);
const maxAccounts = 10_000;
const dayMs = 86_400_000;

/** The types of an account today: a bit for each hash, and how many are set. */
interface Seen {
  bits: Uint8Array;
  set: number;
}

/**
 * Finds the accounts that send more distinct types in a day (UTC) than a summary can list: almost always ids
 * in `type`. Their events are stored like any others, so this only warns, and an estimate will do. It knows
 * what this process has taken; of more than 10,000 accounts, those that sent last.
 */
export class TypeWatch {
  private readonly logger: Logger;
  private readonly now: () => number;
  private readonly accounts = new Map<string, Seen>();
  private readonly many = new Set<string>();
  private day = 0;

  /** @param now clock in epoch milliseconds */
  constructor(registry: Registry, logger: Logger, now: () => number) {
    this.logger = logger;
    this.now = now;
    const read = () => {
      this.turnDay();
      return this.many.size;
    };
    new Gauge({
      name: 'accounts_with_many_types',
      help: 'Accounts of which this process took more distinct types today than a summary lists.',
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  }

  /** Takes note of types that were taken; returns whether the account has many today. */
  note(accountId: string, types: Iterable<{ type: string }>): boolean {
    this.turnDay();
    if (this.many.has(accountId)) return true;
    const seen = this.accounts.get(accountId) ?? {
      bits: new Uint8Array(bitsPerAccount / 8),
      set: 0,
    };
    // What is put in anew moves to the end: the first is the one that sent longest ago.
    this.accounts.delete(accountId);
    this.accounts.set(accountId, seen);
    if (this.accounts.size > maxAccounts) this.dropFirst();
    for (const { type } of types) setBit(seen, hashType(type) % bitsPerAccount);
    if (seen.set <= bitsOfMany) return false;
    this.accounts.delete(accountId);
    if (this.many.size < maxAccounts) this.many.add(accountId);
    this.logger.warn({ accountId }, `an account sends more than ${summaryLists.types.most} types`);
    return true;
  }

  private turnDay(): void {
    const day = Math.floor(this.now() / dayMs);
    if (day === this.day) return;
    this.day = day;
    this.accounts.clear();
    this.many.clear();
  }

  private dropFirst(): void {
    const [first] = this.accounts.keys();
    if (first !== undefined) this.accounts.delete(first);
  }
}

function setBit(seen: Seen, bit: number): void {
  const [at, mask] = [bit >> 3, 1 << (bit & 7)];
  const byte = seen.bits[at] ?? 0;
  if ((byte & mask) !== 0) return;
  seen.bits[at] = byte | mask;
  seen.set++;
}

/** FNV-1a over UTF-16 units, mixed so that the lower bits are as good as the others. */
function hashType(type: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < type.length; index++) {
    hash = Math.imul(hash ^ type.charCodeAt(index), 0x01000193);
  }
  return (hash ^ (hash >>> 15)) >>> 0;
}
