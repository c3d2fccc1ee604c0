import { eventErrors, type EventErrorCode } from '@event-platform/shared/contracts/errors';
import type { EventResult } from '@event-platform/shared/contracts/results';
import {
  validateEvent,
  type ValidationContext,
} from '@event-platform/shared/contracts/validate-event';
import { rowSeparator } from '@event-platform/shared/contracts/row-lines';
import { hashEventId } from '@event-platform/shared/queue/event-id-hash';
import { brokenLine, type ParsedEvents } from './parse-events.ts';

/** How many events of a group have this minute (since 1970) and type. */
export interface GroupCell {
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
  cells: Map<string, GroupCell>;
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

/** Judges every event and groups the good ones by account, in the order of the request. */
export function sortEvents(
  parsed: ParsedEvents,
  context: Omit<ValidationContext, 'checkText'>,
): SortedEvents {
  const full = { ...context, checkText: parsed.checkText };
  const minute = Math.floor(context.receivedAtMs / 60_000);
  const results: EventResult[] = [];
  const drafts = new Map<string, Draft>();
  let rejected = 0;
  parsed.items.forEach((item, index) => {
    const at = parsed.listPointer === undefined ? '' : `${parsed.listPointer}/${index}`;
    if (item === brokenLine) {
      rejected++;
      results.push(rejection(index, undefined, 'json_invalid', at));
      return;
    }
    const judged = validateEvent(item, full);
    if (!judged.ok) {
      rejected++;
      results.push(rejection(index, judged.eventId, judged.code, `${at}${judged.pointer}`));
      return;
    }
    const { accountId, eventId, row } = judged;
    results.push({ index, event_id: eventId, status: 'accepted' });
    let draft = drafts.get(accountId);
    if (!draft) {
      draft = { accountId, lines: [], hashes: [], cells: new Map(), indexes: [], minute };
      drafts.set(accountId, draft);
    }
    draft.lines.push(row);
    draft.hashes.push(hashEventId(eventId));
    draft.indexes.push(index);
    countIn(draft.cells, judged);
  });
  return { results, groups: Array.from(drafts.values(), finish), rejected };
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
  cells: Map<string, GroupCell>,
  { minute, type }: { minute: number; type: string },
): void {
  const name = `${minute} ${type}`;
  const known = cells.get(name);
  if (known) known.events++;
  else cells.set(name, { minute, type, events: 1 });
}
