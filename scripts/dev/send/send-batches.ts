import type { Batch } from './batches.ts';
import { deliverBatch, type DeliverySettings } from './deliver-batch.ts';

export interface SendSettings extends DeliverySettings {
  /** Called with the events of a batch when each of them is accepted or rejected. */
  onDecided: (events: Batch['events']) => void;
}

/**
 * Delivers batches, `concurrency` at a time, pulling each from the file only when a sender is free.
 * When one fails for good the others are stopped too, and their error is this one.
 *
 * @throws the first error of reading or delivering
 */
export async function sendBatches(
  batches: AsyncGenerator<Batch>,
  concurrency: number,
  stop: AbortController,
  settings: SendSettings,
): Promise<void> {
  const failures: unknown[] = [];
  async function sender(): Promise<void> {
    try {
      // Generators queue concurrent calls of next(), so each batch goes to exactly one sender.
      for (let next = await batches.next(); !next.done; next = await batches.next()) {
        settings.signal.throwIfAborted();
        settings.onRejected(next.value.bad);
        await deliverBatch(next.value.events, settings);
        settings.onDecided(next.value.events);
      }
    } catch (error) {
      failures.push(error);
      stop.abort(error);
    }
  }
  await Promise.all(Array.from({ length: concurrency }, sender));
  await batches.return(undefined);
  if (failures.length > 0) throw failures[0];
}
