import { setImmediate as nextTurn } from 'node:timers/promises';
import { Coalescer, type CoalescerOptions } from '../coalesce/coalescer.ts';

export interface Item {
  id: number;
  size: number;
  bytes: number;
}

export interface Flush {
  items: Item[];
  succeed: () => void;
  fail: (error: Error) => void;
  ended: boolean;
}

/** A coalescer whose flushes end when the test says so. */
export function manualCoalescer(changes: Partial<CoalescerOptions<Item>> = {}) {
  const flushes: Flush[] = [];
  const options: CoalescerOptions<Item> = {
    sizeOf: (item) => ({ events: item.size, bytes: item.bytes }),
    maxEvents: 10,
    maxBytes: 1_000,
    flushAfterMs: 60_000,
    maxItems: 1_000,
    writers: 2,
    flush: (items) =>
      new Promise<void>((succeed, fail) => {
        flushes.push({ items, succeed, fail, ended: false });
      }),
    ...changes,
  };
  const coalescer = new Coalescer<Item>(options);
  const inFlight = () => flushes.filter((flush) => !flush.ended);
  /** Ends one flush and lets everything that follows from it happen. */
  async function end(flush: Flush | undefined, error?: Error): Promise<void> {
    if (!flush) throw new Error('There is no such flush');
    flush.ended = true;
    if (error) flush.fail(error);
    else flush.succeed();
    await nextTurn();
  }
  let ids = 0;
  const add = (size: number, bytes = 0) => {
    const item = { id: ids++, size, bytes };
    return { item, done: coalescer.add(item) };
  };
  return { coalescer, options, flushes, inFlight, end, add };
}
