import type { BadLine, OutgoingEvent } from '@event-platform/testkit/client/outgoing-event';

export interface Batch {
  events: OutgoingEvent[];
  /** Lines met on the way that are no events. */
  bad: BadLine[];
}

export interface BatchOptions {
  maxEvents: number;
  /** Upper bound of the request's body before compression, in bytes. */
  maxBytes: number;
}

/**
 * Groups events into requests: as many as allowed, fewer when they are large. An event that alone is
 * above the bound goes alone, for the server to validate.
 */
export async function* batchEvents(
  events: AsyncIterable<OutgoingEvent | BadLine> | Iterable<OutgoingEvent>,
  options: BatchOptions,
): AsyncGenerator<Batch> {
  let batch: Batch = { events: [], bad: [] };
  let bytes = 0;
  for await (const next of events) {
    if ('code' in next) {
      batch.bad.push(next);
      continue;
    }
    const size = Buffer.byteLength(next.json) + 1;
    const isFull = batch.events.length >= options.maxEvents || bytes + size > options.maxBytes;
    if (isFull && batch.events.length > 0) {
      yield batch;
      batch = { events: [], bad: [] };
      bytes = 0;
    }
    batch.events.push(next);
    bytes += size;
  }
  if (batch.events.length + batch.bad.length > 0) yield batch;
}
