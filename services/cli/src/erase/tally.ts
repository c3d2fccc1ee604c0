import { describeError } from '../lib/explain-error.ts';
import type { NotReached, ReceiptLine } from './receipt.ts';

/** Adds up what was found or erased, and keeps what could not be reached. */
export class Tally {
  readonly lines: ReceiptLine[] = [];
  readonly notReached: NotReached[] = [];

  add(where: string, what: string, count: number): void {
    const line = this.lines.find((known) => known.where === where && known.what === what);
    if (line) line.count += count;
    else this.lines.push({ where, what, count });
  }

  miss(where: string, why: string): void {
    this.notReached.push({ where, why });
  }

  /** The number of something in all places. */
  total(what: string): number {
    const counts = this.lines.filter((line) => line.what === what).map(({ count }) => count);
    return counts.reduce((sum, count) => sum + count, 0);
  }

  get isEmpty(): boolean {
    return this.notReached.length === 0 && this.lines.every(({ count }) => count === 0);
  }

  /** Does one step; when its server fails, that is recorded, and the other steps continue. */
  async reach<T>(where: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      const { what, wayOut } = describeError(error);
      this.miss(where, `${what}; ${wayOut ?? 'correct it'}, then run the same command again`);
      return undefined;
    }
  }
}
