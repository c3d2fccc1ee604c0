import { createHash } from 'node:crypto';
import { tenantColumns, type EventRow } from '@event-platform/core/event/columns';

/**
 * What a tenant may expect to find again, to the last character: each column that a tenant sends.
 * Timestamps may be in any spelling; of a dead letter each value may be anything.
 */
export type Payload = Record<Exclude<keyof EventRow, 'received_at'>, unknown>;

/** How two spellings of one value become equal. */
const canonical = {
  text: (value: unknown) => value,
  timestamptz: (value: unknown) => (typeof value === 'string' ? toMicroseconds(value) : value),
  jsonb: sortKeys,
};

/**
 * Names the content of an event by 128 bits of its SHA-256. Two spellings of the same content have one
 * name: PostgreSQL sorts the keys of metadata anew, and returns timestamps in UTC.
 */
export function hashPayload(payload: Payload): string {
  const values: Partial<Record<string, unknown>> = payload;
  const compared = tenantColumns.map(({ name, pgType }) => canonical[pgType](values[name]));
  const text = JSON.stringify(compared);
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
