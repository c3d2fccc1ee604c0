/** What a gatherer does with what it has gathered. */
export interface BatcherOptions<Item, Answer> {
  /** Answers a list of items, in their order; its failure is the failure of each of them. */
  send: (items: Item[]) => Promise<readonly Answer[]>;
  /** Items in one call. */
  maxItems: number;
  /** How large an item is, where that differs; an item that alone is larger than `maxSize` goes alone. */
  sizeOf?: (item: Item) => number;
  maxSize?: number;
}

interface Waiting<Item, Answer> {
  item: Item;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

/** Turns of the event loop, the first item's own among them, that a call gathers at the most. */
const maxTurns = 4;

/**
 * Asks for all items of a moment at once, one call at a time. Items of one turn of the event loop go
 * together, and as long as each turn brings more the call waits for the next one; while a call is under
 * way new items gather. So the busier the process is, the fewer calls an item costs, and an idle one
 * waits for nobody.
 */
export class Batcher<Item, Answer> {
  private readonly options: BatcherOptions<Item, Answer>;
  private waiting: Waiting<Item, Answer>[] = [];
  /** From the first turn that it waits for until its call has ended. */
  private isBusy = false;

  constructor(options: BatcherOptions<Item, Answer>) {
    this.options = options;
  }

  /** Resolves with the item's own answer; rejects as the call that held it. */
  ask(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.begin();
    });
  }

  private begin(): void {
    if (this.isBusy || this.waiting.length === 0) return;
    this.isBusy = true;
    this.flushBatch(1, this.waiting.length);
  }

  /** How many of the items that wait go into one call: at least one. */
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

  /** Waits for the end of this turn, and for the next one if it brought more than it found. */
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
