import type { FirstsFound } from './await-firsts.ts';
import { batchEvents, type BatchOptions } from './batches.ts';
import type { DeliverySettings } from './deliver-batch.ts';
import type { HeldRepeats } from './held-repeats.ts';
import type { BadLine, OutgoingEvent } from '@event-platform/testkit/client/outgoing-event';
import { sendBatches } from './send-batches.ts';
import { firstNotStored } from './send-report.ts';

type Outcomes = 'onAccepted' | 'onRejected' | 'onRetry';
type Lines = AsyncGenerator<OutgoingEvent | BadLine, undefined>;

export interface OrderSettings extends Pick<DeliverySettings, Outcomes> {
  repeats: HeldRepeats;
  delivery: Omit<DeliverySettings, Outcomes>;
  /** Of one request. */
  bounds: BatchOptions;
  /** Requests at once. */
  concurrency: number;
  stop: AbortController;
  /** Waits until these are stored. */
  awaitFirsts: (events: readonly OutgoingEvent[]) => Promise<FirstsFound>;
  /** Called once with how many ids were repeated though nothing was known of their first. */
  onUnsure: (ids: number) => void;
}

/**
 * Sends what a file holds so that of all lines of one event_id the first counts: repeats are held back
 * while the file is read, and sent when their first is stored, at the end or when no more can be held.
 * Those whose first is not stored in time are rejected unsent.
 *
 * @param source is not closed
 * @throws the first error of reading, delivering or waiting
 */
export async function sendInOrder(source: Lines, settings: OrderSettings): Promise<void> {
  const { repeats, onAccepted, onRejected, onRetry } = settings;
  const onDecided = (events: readonly OutgoingEvent[]) => repeats.decided(events);
  const delivery = { ...settings.delivery, onAccepted, onRejected, onRetry, onDecided };
  const reading = { isOver: false };
  let unsure = 0;

  async function* firsts(): Lines {
    while (!repeats.isFull) {
      const next = await source.next();
      if (next.done) {
        reading.isOver = true;
        return;
      }
      if ('code' in next.value || !repeats.hold(next.value)) yield next.value;
    }
  }
  async function send(lines: Parameters<typeof batchEvents>[0]): Promise<void> {
    const batches = batchEvents(lines, settings.bounds);
    await sendBatches(batches, settings.concurrency, settings.stop, delivery);
  }
  async function sendRepeats(): Promise<void> {
    const { waiting, hidden } = await settings.awaitFirsts(repeats.accepted());
    unsure += hidden;
    onRejected(repeats.take(waiting).map(({ line }) => ({ line, code: firstNotStored })));
    await send(repeats.takeReady());
  }

  while (!reading.isOver) {
    await send(firsts());
    // More than one round only where the server refused the first of an id.
    while (repeats.count > 0) await sendRepeats();
  }
  if (unsure > 0) settings.onUnsure(unsure);
}
