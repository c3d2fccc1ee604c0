import { parseInstant } from '@event-platform/core/event/instant';
import type { Line } from './read-lines.ts';

/** An event on its way: the very text of its line, and what the tally has to know of it. */
export interface OutgoingEvent {
  line: number;
  /** JSON text as it is sent. */
  json: string;
  eventId: string;
  accountId: string;
  userId: string;
  type: string;
  /** Epoch milliseconds; undefined when the server gives it the time of receipt. */
  timestampMs: number | undefined;
}

/** A line that need not be sent, since the server would have to refuse it. */
export interface BadLine {
  line: number;
  code: 'encoding_invalid' | 'json_invalid' | 'event_not_object';
}

export interface OutgoingOptions {
  /** Makes an id for a line that has none. */
  newEventId: () => string;
  /** Filled in where a line names no account. */
  accountId: string | undefined;
}

/**
 * Reads one line. The text of an event that is complete is sent as it stands, so that numbers keep
 * their digits and the server validates what the file really says; only missing fields are put in.
 */
export function toOutgoing(line: Line, options: OutgoingOptions): OutgoingEvent | BadLine {
  if (line.text === undefined) return { line: line.number, code: 'encoding_invalid' };
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch {
    return { line: line.number, code: 'json_invalid' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { line: line.number, code: 'event_not_object' };
  }
  const event = value as Partial<Record<string, unknown>>;
  const added: Record<string, string> = {};
  if (event['event_id'] === undefined) added['event_id'] = options.newEventId();
  if (event['account_id'] === undefined && options.accountId !== undefined) {
    added['account_id'] = options.accountId;
  }
  const atUs = parseInstant(asText(event['timestamp']));
  return {
    line: line.number,
    json: withFields(line.text, added),
    eventId: added['event_id'] ?? asText(event['event_id']),
    accountId: added['account_id'] ?? asText(event['account_id']),
    userId: asText(event['user_id']),
    type: asText(event['type']),
    timestampMs: atUs === undefined ? undefined : Math.floor(Number(atUs) / 1_000),
  };
}

/** The server refuses what is no text here; such an event is never counted. */
function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Puts fields in at the front of an object's text. */
function withFields(json: string, fields: Record<string, string>): string {
  const inner = JSON.stringify(fields).slice(1, -1);
  if (inner === '') return json;
  const rest = json.slice(1).trimStart();
  return `{${inner}${rest === '}' ? '' : ','}${rest}`;
}
