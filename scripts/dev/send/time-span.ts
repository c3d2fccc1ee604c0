/** A range of time [fromMs, toMs), epoch milliseconds. */
export interface Span {
  fromMs: number;
  toMs: number;
}

/** Collects instants into the range that holds them all. */
export class TimeSpan {
  private firstMs = Infinity;
  private lastMs = -Infinity;

  /** Widens the range to an instant, in epoch milliseconds. */
  include(atMs: number): void {
    this.firstMs = Math.min(this.firstMs, atMs);
    this.lastMs = Math.max(this.lastMs, atMs);
  }

  /** Undefined when nothing was included. */
  range(): Span | undefined {
    if (this.firstMs > this.lastMs) return undefined;
    return { fromMs: this.firstMs, toMs: this.lastMs + 1 };
  }
}
