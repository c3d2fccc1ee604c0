/** How much one key has counted, and how long until it starts again from 0. */
export interface WindowCount {
  amount: number;
  /** Milliseconds until the window ends. */
  resetMs: number;
}

interface Window {
  amount: number;
  endsAtMs: number;
}

/** About 10 MB of addresses or account ids. */
const defaultMaxKeys = 100_000;

/**
 * Counts by key in the memory of this process, in fixed windows that start with the first count of a key.
 * Bounded in number: beyond `maxKeys` the key with the oldest window is dropped and starts again from 0, so a
 * flood of keys costs accuracy and not memory.
 */
export class WindowCounts {
  private readonly windowMs: number;
  private readonly maxKeys: number;
  /** In the order in which the windows end, since all are equally long. */
  private readonly windows = new Map<string, Window>();

  constructor(windowMs: number, maxKeys = defaultMaxKeys) {
    this.windowMs = windowMs;
    this.maxKeys = maxKeys;
  }

  /** Keys that are held at present, ended windows included. */
  get size(): number {
    return this.windows.size;
  }

  /**
   * Adds to the count of a key.
   *
   * @param nowMs a clock that never goes back, in milliseconds
   */
  add(key: string, amount: number, nowMs: number): WindowCount {
    let window = this.windows.get(key);
    if (!window || window.endsAtMs <= nowMs) {
      this.windows.delete(key);
      this.dropEnded(nowMs);
      window = { amount: 0, endsAtMs: nowMs + this.windowMs };
      this.windows.set(key, window);
    }
    window.amount += amount;
    return { amount: window.amount, resetMs: window.endsAtMs - nowMs };
  }

  /** What a key has counted in its present window. */
  read(key: string, nowMs: number): number {
    const window = this.windows.get(key);
    return window && window.endsAtMs > nowMs ? window.amount : 0;
  }

  /** Makes room for one more. */
  private dropEnded(nowMs: number): void {
    for (const [key, { endsAtMs }] of this.windows) {
      if (endsAtMs > nowMs && this.windows.size < this.maxKeys) return;
      this.windows.delete(key);
    }
  }
}
