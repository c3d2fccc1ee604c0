import type { OutgoingEvent } from '@event-platform/testkit/client/outgoing-event';
import { TimeSpan, type Span } from './time-span.ts';

/** What a summary says of an account, counted or expected. */
export interface AccountCounts {
  total: number;
  by_type: Record<string, number>;
  /** Types that are not among `by_type`, which the server bounds. */
  other_types: { types: number; count: number };
  /** Largest first, then by the bytes of the name; at most ten. */
  top_users: { user_id: string; count: number }[];
}

/** How many of the top users are compared. */
export const topUsers = 10;

interface Tally {
  ids: Set<string>;
  types: Map<string, number>;
  users: Map<string, number>;
  /** Events whose timestamp the server sets. */
  untimed: number;
}

/**
 * Counts events as the platform promises to: each (account_id, event_id) once, by the first that
 * arrives. Holds every event_id in memory, about 100 MB a million, and nothing else of the file.
 */
export class FileTally {
  private readonly accounts = new Map<string, Tally>();
  private readonly time = new TimeSpan();
  /** Events that were counted before. */
  duplicates = 0;
  /** Events whose timestamp the server sets. */
  untimed = 0;

  add(event: OutgoingEvent): void {
    let tally = this.accounts.get(event.accountId);
    if (!tally) {
      tally = { ids: new Set(), types: new Map(), users: new Map(), untimed: 0 };
      this.accounts.set(event.accountId, tally);
    }
    if (tally.ids.has(event.eventId)) {
      this.duplicates++;
      return;
    }
    tally.ids.add(event.eventId);
    increment(tally.types, event.type);
    increment(tally.users, event.userId);
    if (event.timestampMs === undefined) {
      tally.untimed++;
      this.untimed++;
    } else {
      this.include(event.timestampMs);
    }
  }

  /** Whether an event of this account and id was counted. */
  has({ accountId, eventId }: Pick<OutgoingEvent, 'accountId' | 'eventId'>): boolean {
    return this.accounts.get(accountId)?.ids.has(eventId) ?? false;
  }

  /** Widens the span to an instant, in epoch milliseconds. */
  include(atMs: number): void {
    this.time.include(atMs);
  }

  /** The time of all counted events as [from, to); undefined when there are none. */
  span(): Span | undefined {
    return this.time.range();
  }

  /** How many counted events of each account have a timestamp of their own. */
  timed(): Map<string, number> {
    return new Map(
      [...this.accounts].map(([name, { ids, untimed }]) => [name, ids.size - untimed]),
    );
  }

  /**
   * Some events of every account, spread over the order in which they were counted, the last one
   * among them.
   *
   * @param size how many in all, unless there are more accounts than that
   */
  sample(size: number): { accountId: string; eventId: string }[] {
    const perAccount = Math.max(1, Math.floor(size / this.accounts.size));
    return [...this.accounts].flatMap(([accountId, { ids }]) => {
      const step = Math.ceil(ids.size / perAccount);
      return [...ids]
        .filter((_, index) => (ids.size - 1 - index) % step === 0)
        .map((eventId) => ({ accountId, eventId }));
    });
  }

  /** Per account, in the order of their names. */
  counts(): Map<string, AccountCounts> {
    const names = [...this.accounts.keys()].sort(byBytes);
    return new Map(names.map((name) => [name, toCounts(this.accounts.get(name))]));
  }
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function toCounts(tally: Tally | undefined): AccountCounts {
  const other_types = { types: 0, count: 0 };
  if (!tally) return { total: 0, by_type: {}, other_types, top_users: [] };
  const users = [...tally.users]
    .sort(([a, countA], [b, countB]) => countB - countA || byBytes(a, b))
    .slice(0, topUsers);
  return {
    total: tally.ids.size,
    by_type: Object.fromEntries(tally.types),
    other_types,
    top_users: users.map(([user_id, count]) => ({ user_id, count })),
  };
}

/** As PostgreSQL sorts in collation "C"; JavaScript's own order differs beyond U+FFFF. */
function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
