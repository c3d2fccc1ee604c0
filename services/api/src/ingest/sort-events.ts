import { eventErrors, type EventErrorCode } from '@event-platform/shared/contracts/errors';
import type { EventResult } from '@event-platform/shared/contracts/results';
import {
  validateEvent,
  type ValidationContext,
} from '@event-platform/shared/contracts/validate-event';
import { hashEventId } from '@event-platform/shared/queue/event-id-hash';
import { brokenLine, type ParsedEvents } from './parse-events.ts';

/** The good events of one account in one request. */
export interface EventGroup {
  accountId: string;
  events: number;
  /** Event rows as JSON text, joined by commas. */
  rows: string;
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

/** Judges every event and groups the good ones by account, in the order of the request. */
export function sortEvents(
  parsed: ParsedEvents,
  context: Omit<ValidationContext, 'checkText'>,
): SortedEvents {
  const full = { ...context, checkText: parsed.checkText };
  const minute = Math.floor(context.receivedAtMs / 60_000);
  const results: EventResult[] = [];
  const groups = new Map<string, EventGroup>();
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
    results.push({ index, event_id: judged.eventId, status: 'accepted' });
    const ids = hashEventId(judged.eventId);
    const group = groups.get(judged.accountId);
    if (group) {
      group.events++;
      group.rows += `,${judged.row}`;
      group.ids += ids;
      group.indexes.push(index);
    } else {
      const { accountId, row } = judged;
      groups.set(accountId, { accountId, events: 1, rows: row, ids, indexes: [index], minute });
    }
  });
  return { results, groups: [...groups.values()], rejected };
}
