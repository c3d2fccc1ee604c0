import {
  toOutgoing,
  type BadLine,
  type OutgoingEvent,
  type OutgoingOptions,
} from '@event-platform/testkit/client/outgoing-event';
import type { Line } from '@event-platform/testkit/client/read-lines';

/**
 * Turns lines into events.
 *
 * @param options `maxLines`: read no more lines than this, those that are no events counted
 */
export async function* readEvents(
  lines: AsyncIterable<Line>,
  options: OutgoingOptions & { maxLines: number },
): AsyncGenerator<OutgoingEvent | BadLine, undefined> {
  let count = 0;
  for await (const line of lines) {
    yield toOutgoing(line, options);
    if (++count >= options.maxLines) return;
  }
}
