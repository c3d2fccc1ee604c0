import { createHash } from 'node:crypto';

/** What a tenant may expect to find again, to the last character. */
export interface Payload {
  accountId: string;
  eventId: string;
  userId: string;
  type: string;
  /** ISO 8601 with an offset, in any spelling. */
  timestamp: string;
  metadata: unknown;
}

/**
 * Names the content of an event by 128 bits of its SHA-256. Two spellings of the same content have one
 * name: PostgreSQL sorts the keys of metadata anew, and gives timestamps back in UTC.
 */
export function hashPayload(payload: Payload): string {
  const { accountId, eventId, userId, type, timestamp, metadata } = payload;
  const text = JSON.stringify([
    accountId,
    eventId,
    userId,
    type,
    toMicroseconds(timestamp),
    sortKeys(metadata),
  ]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

/** In UTC with six digits, as PostgreSQL keeps it; what is not a time stays as it is. */
export function toMicroseconds(timestamp: string): string {
  const epochMs = Date.parse(timestamp);
  if (Number.isNaN(epochMs)) return timestamp;
  const [, fraction = ''] = /\.(\d+)/.exec(timestamp) ?? [];
  const seconds = new Date(epochMs).toISOString().slice(0, 19);
  return `${seconds}.${fraction.padEnd(6, '0').slice(0, 6)}Z`;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}
