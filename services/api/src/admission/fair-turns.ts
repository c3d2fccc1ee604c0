/**
 * Runs one piece of work at a time, in turn by sender: a sender with much work delays one with little by one
 * piece at a time, however much it has. The next one begins in another turn of the event loop than the
 * one before has ended in, so that all else has its turn between them.
 */
export class FairTurns {
  /** The senders that wait, in the order of their next turn. */
  private readonly waiting = new Map<string, (() => void)[]>();
  private isBusy = false;

  /** How many wait. */
  get length(): number {
    let length = 0;
    for (const queue of this.waiting.values()) length += queue.length;
    return length;
  }

  /** Waits for a turn of the sender; it ends with the call of what is returned, and not before. */
  async enter(sender: string): Promise<() => void> {
    await new Promise<void>((begin) => {
      const queue = this.waiting.get(sender);
      if (queue) queue.push(begin);
      else this.waiting.set(sender, [begin]);
      if (!this.isBusy) this.callNext();
    });
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.callNext();
    };
  }

  private callNext(): void {
    this.isBusy = this.waiting.size > 0;
    if (this.isBusy) setImmediate(() => this.begin());
  }

  private begin(): void {
    const [first] = this.waiting;
    if (!first) return;
    const [sender, queue] = first;
    this.waiting.delete(sender);
    const begin = queue.shift();
    if (queue.length > 0) this.waiting.set(sender, queue);
    begin?.();
  }
}
