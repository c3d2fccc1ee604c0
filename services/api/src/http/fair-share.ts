/** What one holder has taken of a fair share, until it gives it back. */
export interface Hold {
  /** Takes `amount` more; false, and nothing is taken, where that is more than the holder may have. */
  take(amount: number): boolean;
  /** Gives everything back; again has no effect. */
  release(): void;
}

/**
 * A bounded amount of something that a process has once, such as memory, shared by senders without a
 * quota for each: a sender may hold at most as much as is still free. One alone gets a half, two a third
 * each, n the n-th part of what n + 1 would get, and something is always left for the next one.
 * Source: Choudhury and Hahne, "Dynamic Queue Length Thresholds for Shared-Memory Packet Switches", 1998,
 * with alpha = 1.
 */
export class FairShare {
  private readonly total: number;
  private readonly held = new Map<string, number>();
  private inUse = 0;
  private refused = 0;

  constructor(total: number) {
    this.total = total;
  }

  /** What is held by all senders. */
  get used(): number {
    return this.inUse;
  }

  /** How often something was refused. */
  get refusals(): number {
    return this.refused;
  }

  /** Begins a hold of a sender, which may have many at once. */
  open(sender: string): Hold {
    let mine = 0;
    return {
      take: (amount) => {
        if (!this.add(sender, amount)) return false;
        mine += amount;
        return true;
      },
      release: () => {
        this.subtract(sender, mine);
        mine = 0;
      },
    };
  }

  private add(sender: string, amount: number): boolean {
    const held = (this.held.get(sender) ?? 0) + amount;
    const inUse = this.inUse + amount;
    if (held > this.total - inUse) {
      this.refused++;
      return false;
    }
    this.held.set(sender, held);
    this.inUse = inUse;
    return true;
  }

  private subtract(sender: string, amount: number): void {
    if (amount === 0) return;
    const left = (this.held.get(sender) ?? 0) - amount;
    this.inUse -= amount;
    if (left === 0) this.held.delete(sender);
    else this.held.set(sender, left);
  }
}
