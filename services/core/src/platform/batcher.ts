/** What is done with a batch of items. */
export interface BatcherOptions<Item, Answer> {
  /** Returns the answers to a batch, in its order. If it fails, each of the items fails. */
  send: (items: Item[]) => Promise<readonly Answer[]>;
  /** The most items of one call. */
  maxItems: number;
  /** The size of an item, in the unit of `maxSize`. An item that is larger than `maxSize` has a call of its own. */
  sizeOf?: (item: Item) => number;
  maxSize?: number;
}

interface Waiting<Item, Answer> {
  item: Item;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

/** A call waits at most for so many turns of the event loop, counting the turn of the first item. */
const maxTurns = 4;

/**
 * Joins the items of a moment into one call, and makes one call at a time. Items of one turn of the event
 * loop go together. As long as each turn brings more items, the call waits for the next turn. Items that
 * come during a call wait for the next one. So the busier the process, the fewer calls per item, and an
 * idle process does not wait.
 */
export class Batcher<Item, Answer> {
  private readonly options: BatcherOptions<Item, Answer>;
  private waiting: Waiting<Item, Answer>[] = [];
  /** From the first turn of a batch until the end of its call. */
  private isBusy = false;
  private whenIdle: (() => void)[] = [];

  constructor(options: BatcherOptions<Item, Answer>) {
    this.options = options;
  }

  /** Resolves with the answer to this item. Rejects with the error of the call that holds it. */
  add(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.begin();
    });
  }

  /** Resolves when no item waits and no call is in progress. */
  idle(): Promise<void> {
    if (!this.isBusy) return Promise.resolve();
    return new Promise((resolve) => this.whenIdle.push(resolve));
  }

  private begin(): void {
    if (this.isBusy) return;
    if (this.waiting.length === 0) {
      for (const resolve of this.whenIdle.splice(0)) resolve();
      return;
    }
    this.isBusy = true;
    this.flushBatch(1, this.waiting.length);
  }

  /** How many of the waiting items fit into one call: at least one. */
  private fitting(): number {
    const { maxItems, sizeOf, maxSize = Infinity } = this.options;
    if (!sizeOf) return Math.min(this.waiting.length, maxItems);
    let size = 0;
    let count = 0;
    for (const { item } of this.waiting) {
      size += sizeOf(item);
      if (count > 0 && (size > maxSize || count === maxItems)) break;
      count++;
    }
    return count;
  }

  /** Waits for the end of this turn, and for the next one if this one brought more items. */
  private flushBatch(turn: number, found: number): void {
    setImmediate(() => {
      const { length } = this.waiting;
      const fitting = this.fitting();
      const isFull = fitting < length || fitting >= this.options.maxItems;
      if (length === found || isFull || turn === maxTurns) void this.call();
      else this.flushBatch(turn + 1, length);
    });
  }

  private async call(): Promise<void> {
    const batch = this.waiting.splice(0, this.fitting());
    try {
      const answers = await this.options.send(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.isBusy = false;
      this.begin();
    }
  }
}
