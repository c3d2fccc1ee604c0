import { RequestError } from '@event-platform/core/event/errors';
import { parseExactJson } from '@event-platform/core/event/exact-json';
import { instantSchema } from '@event-platform/core/event/instant';

/** What a body of JSON holds once it is parsed. */
export interface ParsedBody {
  /** Its events, or the one that stands alone. */
  items: unknown[];
  /** Where the list stands in the body: `envelopePointer`, or '' for a bare list; undefined for one event alone. */
  listPointer: string | undefined;
}

/** Where the list stands in an envelope. */
export const envelopePointer = '/events';

const envelopeFields = new Set(['events', 'sent_at']);

/**
 * Parses a body that is JSON: one object, an array, or an envelope.
 *
 * @throws RequestError json_invalid, envelope_invalid or body_empty
 */
export function parseJson(text: string): ParsedBody {
  const body = parseText(text);
  if (Array.isArray(body)) return { items: body, listPointer: '' };
  if (typeof body !== 'object' || body === null) throw new RequestError('envelope_invalid');
  if (!Object.hasOwn(body, 'events')) return { items: [body], listPointer: undefined };
  return { items: openEnvelope(body as Record<string, unknown>), listPointer: envelopePointer };
}

/** @throws RequestError json_invalid, or body_empty where there is nothing but white space */
export function parseText(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch (error) {
    if (text.trim() === '') throw new RequestError('body_empty');
    throw new RequestError('json_invalid', undefined, { cause: error });
  }
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
