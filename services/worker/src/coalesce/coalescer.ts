/**
 * Joins items into batches. A batch is flushed when it is full, when its first item has waited long enough,
 * or when no further item can come, whichever is first.
 *
 * States: *empty* (no timer) → *filling* (timer of the oldest item runs) → *due* (full, old or complete) →
 * flushed when a writer is free. While all writers are busy a due batch keeps filling, so load makes batches
 * larger instead of queues longer.
 *
 * Each `add` settles with its own flush. A failed flush fails its own items only. `close` flushes the rest
 * and resolves when every writer is idle. This file depends on neither Redis nor PostgreSQL.
 */
export interface CoalescerOptions<Item> {
  sizeOf: (item: Item) => BatchSize;
  /** Due at this many events. */
  maxEvents: number;
  /** Due at this many bytes. */
  maxBytes: number;
  /** Due this long after the first item, in milliseconds. */
  flushAfterMs: number;
  /** The most items that can be inside at once, waiting or in flight. With so many, no other can come. */
  maxItems: number;
  /** Flushes at once. */
  writers: number;
  flush: (items: Item[]) => Promise<void>;
}

/** How much an item, or a batch of some, holds. */
export interface BatchSize {
  events: number;
  bytes: number;
}

interface Waiting<Item> {
  item: Item;
  size: BatchSize;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** See the head of this file. */
export class Coalescer<Item> {
  private readonly options: CoalescerOptions<Item>;
  private waiting: Waiting<Item>[] = [];
  private waitingSize: BatchSize = { events: 0, bytes: 0 };
  private itemsInFlight = 0;
  private busyWriters = 0;
  private timer: NodeJS.Timeout | undefined;
  private isOld = false;
  private isClosing = false;
  private whenIdle: (() => void)[] = [];

  constructor(options: CoalescerOptions<Item>) {
    this.options = options;
  }

  /** Resolves when the flush that holds the item has ended well; rejects as that flush does. */
  add(item: Item): Promise<void> {
    return new Promise((resolve, reject) => {
      const size = this.options.sizeOf(item);
      this.waiting.push({ item, size, resolve, reject });
      this.waitingSize.events += size.events;
      this.waitingSize.bytes += size.bytes;
      this.timer ??= setTimeout(() => {
        this.isOld = true;
        this.pump();
      }, this.options.flushAfterMs);
      this.pump();
    });
  }

  /** Flushes at once from now on; resolves when nothing waits and nothing is in flight. */
  close(): Promise<void> {
    this.isClosing = true;
    this.pump();
    if (this.isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.whenIdle.push(resolve));
  }

  private isIdle(): boolean {
    return this.waiting.length === 0 && this.busyWriters === 0;
  }

  private isDue(): boolean {
    const { maxEvents, maxBytes, maxItems } = this.options;
    return (
      this.isOld ||
      this.isClosing ||
      this.waitingSize.events >= maxEvents ||
      this.waitingSize.bytes >= maxBytes ||
      this.waiting.length + this.itemsInFlight >= maxItems
    );
  }

  private pump(): void {
    while (this.waiting.length > 0 && this.busyWriters < this.options.writers && this.isDue()) {
      void this.write(this.takeBatch());
    }
    if (this.isIdle()) for (const resolve of this.whenIdle.splice(0)) resolve();
  }

  /** Takes whole items up to `maxEvents` and `maxBytes`, and at least one. */
  private takeBatch(): Waiting<Item>[] {
    const { maxEvents, maxBytes } = this.options;
    let events = 0;
    let bytes = 0;
    let count = 0;
    for (const { size } of this.waiting) {
      const isFull = events + size.events > maxEvents || bytes + size.bytes > maxBytes;
      if (count > 0 && isFull) break;
      events += size.events;
      bytes += size.bytes;
      count++;
    }
    const batch = this.waiting.splice(0, count);
    this.waitingSize.events -= events;
    this.waitingSize.bytes -= bytes;
    if (this.waiting.length === 0) {
      clearTimeout(this.timer);
      this.timer = undefined;
      this.isOld = false;
    }
    return batch;
  }

  private async write(batch: Waiting<Item>[]): Promise<void> {
    this.busyWriters++;
    this.itemsInFlight += batch.length;
    try {
      await this.options.flush(batch.map(({ item }) => item));
      for (const { resolve } of batch) resolve();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.busyWriters--;
      this.itemsInFlight -= batch.length;
      this.pump();
    }
  }
}
