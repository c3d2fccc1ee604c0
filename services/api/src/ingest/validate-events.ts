import { eventErrors, type EventErrorCode } from '@event-platform/core/event/errors';
import type { EventResult } from '@event-platform/core/event/results';
import { validateEvent, type ValidationContext } from '@event-platform/core/event/validate-event';
import { rowSeparator } from '@event-platform/core/event/row-lines';
import { hashEventId } from '@event-platform/core/queue/event-id-hash';

/** How many events of a group have this minute (since 1970) and type. */
export interface GroupCount {
  minute: number;
  type: string;
  events: number;
}

/** The good events of one account in one request. */
export interface EventGroup {
  accountId: string;
  events: number;
  /** Lines of contracts/row-lines.ts. */
  rows: string;
  /** The events by minute and type. */
  minuteCounts: Map<string, GroupCount>;
  /** Hashes of the event ids, without gaps. */
  ids: string;
  /** Where the events stand in the results. */
  indexes: number[];
  /** The minute in which they were received, in minutes since 1970. */
  minute: number;
  /** Set when the request waits for the COMMIT of these events (wait/). */
  waiter?: number;
}

export interface SortedEvents {
  /** One per event; good ones say `accepted` until a later step knows better. */
  results: EventResult[];
  groups: EventGroup[];
  rejected: number;
}

/** The result of an event that was not taken. */
export function rejection(
  index: number,
  eventId: string | undefined,
  code: EventErrorCode,
  pointer?: string,
): EventResult {
  return {
    index,
    ...(eventId !== undefined && { event_id: eventId }),
    status: 'rejected',
    code,
    ...(pointer !== undefined && { pointer }),
    detail: eventErrors[code],
  };
}

/** A group while it grows: its texts in pieces, to be joined once. */
interface Draft extends Omit<EventGroup, 'rows' | 'ids' | 'events'> {
  lines: string[];
  hashes: string[];
}

/** Judges events one by one and groups the good ones by account, in the order of the request. */
export class EventSorter {
  private readonly plain: ValidationContext;
  private readonly escaped: ValidationContext;
  private readonly minute: number;
  private results: EventResult[] = [];
  private drafts = new Map<string, Draft>();
  private rejected = 0;

  constructor(context: Omit<ValidationContext, 'checkText'>) {
    this.plain = { ...context, checkText: false };
    this.escaped = { ...context, checkText: true };
    this.minute = Math.floor(context.receivedAtMs / 60_000);
  }

  /** How many events came so far. */
  get count(): number {
    return this.results.length;
  }

  /**
   * Judges the next event.
   *
   * @param item parsed JSON
   * @param hasEscapes whether its text holds a \u escape: without, it cannot hold NUL or half a surrogate pair
   * @param at JSON pointer to it
   */
  add(item: unknown, hasEscapes: boolean, at: string): void {
    const validated = validateEvent(item, hasEscapes ? this.escaped : this.plain);
    if (!validated.ok) {
      this.reject(validated.code, `${at}${validated.pointer}`, validated.eventId);
      return;
    }
    const { accountId, eventId, row } = validated;
    const index = this.results.push({
      index: this.results.length,
      event_id: eventId,
      status: 'accepted',
    });
    let draft = this.drafts.get(accountId);
    if (!draft) {
      const { minute } = this;
      draft = { accountId, lines: [], hashes: [], minuteCounts: new Map(), indexes: [], minute };
      this.drafts.set(accountId, draft);
    }
    draft.lines.push(row);
    draft.hashes.push(hashEventId(eventId));
    draft.indexes.push(index - 1);
    countIn(draft.minuteCounts, validated);
  }

  /** Notes an event that is not taken. */
  reject(code: EventErrorCode, pointer: string, eventId?: string): void {
    this.rejected++;
    this.results.push(rejection(this.results.length, eventId, code, pointer));
  }

  /** Forgets every event so far. */
  restart(): void {
    this.results = [];
    this.drafts = new Map();
    this.rejected = 0;
  }

  finish(): SortedEvents {
    const groups = Array.from(this.drafts.values(), finish);
    return { results: this.results, groups, rejected: this.rejected };
  }
}

/**
 * Joined, not added piece by piece: V8 keeps the pieces of a sum for as long as nobody reads it, and a
 * group waits for Redis.
 */
function finish({ lines, hashes, ...group }: Draft): EventGroup {
  const [rows, ids] = [lines.join(rowSeparator), hashes.join('')];
  return { ...group, events: lines.length, rows, ids };
}

/** Counts one more event in its cell. */
export function countIn(
  minuteCounts: Map<string, GroupCount>,
  { minute, type }: { minute: number; type: string },
): void {
  const name = `${minute} ${type}`;
  const known = minuteCounts.get(name);
  if (known) known.events++;
  else minuteCounts.set(name, { minute, type, events: 1 });
}
