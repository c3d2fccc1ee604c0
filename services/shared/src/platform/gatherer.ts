/** What a gatherer does with what it has gathered. */
export interface GathererOptions<Item, Answer> {
  /** Answers a list of items, in their order; its failure is the failure of each of them. */
  send: (items: Item[]) => Promise<readonly Answer[]>;
  /** Calls of `send` under way at once. */
  maxCalls: number;
  /** Items in one call. */
  maxItems: number;
}

interface Waiting<Item, Answer> {
  item: Item;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

/**
 * Asks for all items of a moment at once. Items of one turn of the event loop go together, and while
 * calls are under way new items gather: the busier the process is, the fewer calls an item costs, and
 * an idle one waits for nobody.
 */
export class Gatherer<Item, Answer> {
  private readonly options: GathererOptions<Item, Answer>;
  private waiting: Waiting<Item, Answer>[] = [];
  private calls = 0;
  private isScheduled = false;

  constructor(options: GathererOptions<Item, Answer>) {
    this.options = options;
  }

  /** Resolves with the item's own answer; rejects as the call that held it. */
  ask(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      this.schedule();
    });
  }

  private schedule(): void {
    const { maxCalls, maxItems } = this.options;
    if (this.isScheduled || this.calls >= maxCalls || this.waiting.length === 0) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      void this.call(this.waiting.splice(0, maxItems));
      this.schedule();
    });
  }

  private async call(batch: Waiting<Item, Answer>[]): Promise<void> {
    this.calls++;
    try {
      const answers = await this.options.send(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      this.calls--;
      this.schedule();
    }
  }
}
