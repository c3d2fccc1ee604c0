import type { Line } from './read-lines.ts';
import {
  toOutgoing,
  type BadLine,
  type OutgoingEvent,
  type OutgoingOptions,
} from './outgoing-event.ts';

export interface Batch {
  events: OutgoingEvent[];
  /** Lines met on the way that are no events. */
  bad: BadLine[];
}

export interface BatchOptions extends OutgoingOptions {
  maxEvents: number;
  /** Upper bound of the request's body before compression, in bytes. */
  maxBytes: number;
  /** Read no more lines than this. */
  maxLines: number;
}

/**
 * Groups lines into requests: as many as allowed, fewer when they are large. An event that alone is
 * above the bound goes alone, for the server to judge.
 */
export async function* batchLines(
  lines: AsyncIterable<Line>,
  options: BatchOptions,
): AsyncGenerator<Batch> {
  let batch: Batch = { events: [], bad: [] };
  let bytes = 0;
  let count = 0;
  for await (const line of lines) {
    const next = toOutgoing(line, options);
    if ('code' in next) {
      batch.bad.push(next);
    } else {
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
    if (++count >= options.maxLines) break;
  }
  if (batch.events.length + batch.bad.length > 0) yield batch;
}
