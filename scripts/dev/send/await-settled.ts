import { setTimeout as sleep } from 'node:timers/promises';
import type { Totals } from './count-stored-before.ts';

export interface SettleSettings {
  /** Asks for the totals; undefined when the server cannot say right now. */
  read: () => Promise<Totals | undefined>;
  /** Whether the totals can hold everything that was sent. */
  isFull: (totals: Totals) => boolean;
  /** Whether the server has stored those of our events that are asked for. */
  isSampleStored: () => Promise<boolean>;
  /** Totals that stay the same for so long have settled. */
  settleMs: number;
  maxWaitMs: number;
  signal: AbortSignal;
}

/**
 * Waits until the totals hold everything that was sent. Totals that were there before do not show an
 * event that is still in the queue from one that was stored long ago: so a sample of the events has
 * to be stored, and the totals have to stay the same for a while.
 *
 * @returns undefined when that did not come about in time
 */
export async function awaitSettled(settings: SettleSettings): Promise<Totals | undefined> {
  const deadline = performance.now() + settings.maxWaitMs;
  const first = await settings.read();
  if (first && settings.isFull(first)) return first;
  let earlier: Totals | undefined;
  for (;;) {
    // The sample comes first: only totals that were read after it hold all of it.
    const isSampleStored = await settings.isSampleStored();
    const totals = await settings.read();
    if (totals && (settings.isFull(totals) || isSame(totals, earlier))) return totals;
    if (performance.now() + settings.settleMs > deadline) return undefined;
    earlier = isSampleStored ? totals : undefined;
    await sleep(settings.settleMs, undefined, { signal: settings.signal });
  }
}

function isSame(totals: Totals, earlier: Totals | undefined): boolean {
  return earlier !== undefined && [...totals].every(([name, total]) => earlier.get(name) === total);
}
