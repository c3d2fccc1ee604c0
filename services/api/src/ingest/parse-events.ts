import { RequestError } from '@event-platform/shared/contracts/errors';
import { instantSchema } from '@event-platform/shared/contracts/instant';
import type { BodyFormat } from './media-type.ts';

/** A line of NDJSON that is no JSON; the other lines count all the same. */
export const brokenLine = Symbol('broken line');

export interface ParsedEvents {
  /** Parsed JSON values, or `brokenLine`, in the order of the request. */
  items: unknown[];
  /** Where the list stands in the body: '/events' in an envelope, '' for a bare list; undefined for one event alone. */
  listPointer: string | undefined;
  /** False when the text cannot hold NUL or half a surrogate pair, since it has no \u escape. */
  checkText: boolean;
}

const envelopeFields = new Set(['events', 'sent_at']);

/**
 * Finds the events in a body: one object, an array, an envelope, or NDJSON.
 *
 * @throws RequestError json_invalid, envelope_invalid, body_empty or too_many_events
 */
export function parseEvents(text: string, format: BodyFormat, maxEvents: number): ParsedEvents {
  const { items, listPointer } = format === 'json' ? parseJson(text) : parseLines(text, maxEvents);
  if (items.length === 0) throw new RequestError('body_empty');
  if (items.length > maxEvents) {
    throw new RequestError('too_many_events', `A request holds at most ${maxEvents} events`, {
      extra: { limit: maxEvents },
    });
  }
  return { items, listPointer, checkText: text.includes('\\u') };
}

function parseJson(text: string): Omit<ParsedEvents, 'checkText'> {
  if (text.trim() === '') throw new RequestError('body_empty');
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new RequestError('json_invalid', undefined, { cause: error });
  }
  if (Array.isArray(body)) return { items: body, listPointer: '' };
  if (typeof body !== 'object' || body === null) throw new RequestError('envelope_invalid');
  if (!Object.hasOwn(body, 'events')) return { items: [body], listPointer: undefined };
  return { items: openEnvelope(body as Record<string, unknown>), listPointer: '/events' };
}

function openEnvelope(envelope: Record<string, unknown>): unknown[] {
  const stray = Object.keys(envelope).find((field) => !envelopeFields.has(field));
  if (stray !== undefined) {
    throw new RequestError('envelope_invalid', `The envelope has no field "${stray.slice(0, 50)}"`);
  }
  const { events, sent_at: sentAt } = envelope;
  if (!Array.isArray(events)) throw new RequestError('envelope_invalid', '"events" is an array');
  if (sentAt !== undefined && !instantSchema.safeParse(sentAt).success) {
    throw new RequestError('envelope_invalid', '"sent_at" is ISO 8601 with an offset');
  }
  return events;
}

function parseLines(text: string, maxEvents: number): Omit<ParsedEvents, 'checkText'> {
  const items: unknown[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    // One more than allowed is enough to know.
    if (items.length > maxEvents) break;
    try {
      items.push(JSON.parse(line));
    } catch {
      items.push(brokenLine);
    }
  }
  return { items, listPointer: '' };
}
