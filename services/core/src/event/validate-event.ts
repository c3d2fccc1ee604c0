import { z } from 'zod';
import { textColumns } from './columns.ts';
import { checkMetadata, isStorableText } from './check-metadata.ts';
import type { EventErrorCode } from './errors.ts';
import { eventSchema, type EventInput } from './event.ts';
import type { InputLimits } from './input-limits.ts';
import { parseInstant } from './instant.ts';
import { pointerBelow } from './json-pointer.ts';
import { isDotSegment } from './path-id.ts';
import { rowLine } from './row-lines.ts';

export interface ValidationContext {
  limits: InputLimits;
  /** When the request arrived, epoch milliseconds and the same instant as ISO 8601. */
  receivedAtMs: number;
  receivedAt: string;
  /** The account that the API key fixes, if any. */
  keyAccount: string | undefined;
  /** False when the request's bytes rule out NUL and lone surrogates. */
  checkText: boolean;
  /** Makes an id for an event that has none (UUIDv7 in production). */
  newEventId: () => string;
}

export type Validated =
  | {
      ok: true;
      accountId: string;
      eventId: string;
      type: string;
      /** Minute of the timestamp since 1970, as PostgreSQL keeps it. */
      minute: number;
      /** A line (row-lines.ts) */ row: string;
    }
  | {
      ok: false;
      eventId: string | undefined;
      code: EventErrorCode;
      /** below the event */ pointer: string;
    };

const compiled = z.compile(eventSchema);

/**
 * Validates one event and, when it is valid, writes its row for PostgreSQL. This is the only place that
 * writes the row: neither the queue nor the worker parses it again.
 */
export function validateEvent(raw: unknown, context: ValidationContext): Validated {
  const parsed = compiled.safeParse(raw);
  if (!parsed.success) return rejected(raw, ...firstIssue(raw, parsed.error));
  const event = raw as EventInput;
  const { limits } = context;

  const accountId = event.account_id ?? context.keyAccount;
  if (accountId === undefined) return rejected(raw, 'account_id_missing', '/account_id');
  if (context.keyAccount !== undefined && accountId !== context.keyAccount) {
    return rejected(raw, 'account_mismatch', '/account_id');
  }
  if (isDotSegment(accountId)) return rejected(raw, 'account_id_dots', '/account_id');
  if (event.event_id !== undefined && isDotSegment(event.event_id)) {
    return rejected(raw, 'event_id_dots', '/event_id');
  }
  // PostgreSQL reads t and z as well, but other readers of the rows need not.
  const timestamp = event.timestamp?.toUpperCase() ?? context.receivedAt;
  const atMs = event.timestamp === undefined ? context.receivedAtMs : Date.parse(timestamp);
  const untimely = checkTime(atMs, context);
  if (untimely) return rejected(raw, untimely, '/timestamp');
  if (context.checkText) {
    for (const { name } of textColumns) {
      if (!isStorableText(event[name] ?? '')) return rejected(raw, 'text_not_storable', `/${name}`);
    }
  }
  let metadata = '{}';
  if (event.metadata !== undefined) {
    const found = checkMetadata(event.metadata, limits.metadataDepth, context.checkText);
    if (found) return rejected(raw, found.code, `/metadata${found.pointer}`);
    metadata = JSON.stringify(event.metadata);
    if (isLongerThan(metadata, limits.metadataBytes)) {
      return rejected(raw, 'metadata_too_large', '/metadata');
    }
  }
  const eventId = event.event_id ?? context.newEventId();
  const row = rowLine({
    account_id: accountId,
    event_id: eventId,
    user_id: event.user_id,
    type: event.type,
    timestamp,
    received_at: context.receivedAt,
    metadata,
  });
  return { ok: true, accountId, eventId, type: event.type, minute: minuteOf(timestamp, atMs), row };
}

/** PostgreSQL keeps six digits of a second and rounds the rest, if need be into the next minute. */
function minuteOf(timestamp: string, atMs: number): number {
  const isCoarse =
    timestamp.length <= '2026-01-01T00:00:00.123456Z'.length || !/\.\d{7}/.test(timestamp);
  const exactUs = isCoarse ? undefined : parseInstant(timestamp);
  return exactUs === undefined ? Math.floor(atMs / 60_000) : Number(exactUs / 60_000_000n);
}

/** What is wrong with the time of an event, if anything. */
function checkTime(
  atMs: number,
  { receivedAtMs, limits }: ValidationContext,
): EventErrorCode | undefined {
  if (atMs < 0) return 'timestamp_too_old';
  return atMs > receivedAtMs + limits.futureMs ? 'timestamp_in_future' : undefined;
}

/** Compares bytes, but counts them only where the length alone leaves it open. */
function isLongerThan(text: string, maxBytes: number): boolean {
  if (text.length > maxBytes) return true;
  return text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes;
}

/** Turns zod's first issue into a code of the catalogue and a pointer below the event. */
function firstIssue(raw: unknown, error: z.ZodError): [EventErrorCode, string] {
  const issue = error.issues[0];
  const field = issue?.path[0];
  if (issue?.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    return [key === '__proto__' ? 'key_forbidden' : 'unknown_field', pointerBelow(key)];
  }
  if (issue === undefined || typeof field !== 'string') return ['event_not_object', ''];
  return [fieldCode(field as keyof EventInput, issue.code, raw), `/${field}`];
}

function fieldCode(
  field: keyof EventInput,
  issueCode: z.core.$ZodIssue['code'],
  raw: unknown,
): EventErrorCode {
  if (field === 'timestamp') return 'timestamp_invalid';
  if (field === 'metadata') return 'metadata_invalid';
  if (issueCode === 'too_big') return `${field}_too_long`;
  if (issueCode === 'too_small') return `${field}_empty`;
  const missing = (raw as Partial<Record<string, unknown>>)[field] === undefined;
  if (missing && (field === 'user_id' || field === 'type')) return `${field}_missing`;
  return `${field}_invalid`;
}

function rejected(raw: unknown, code: EventErrorCode, pointer: string): Validated {
  const id: unknown = (raw as { event_id?: unknown } | null | undefined)?.event_id;
  // The id is echoed so that a tenant finds the event again, unless the id itself is the problem.
  const sound = typeof id === 'string' && !code.startsWith('event_id_') && id.isWellFormed();
  const echo = sound ? id : undefined;
  return { ok: false, eventId: echo, code, pointer };
}
