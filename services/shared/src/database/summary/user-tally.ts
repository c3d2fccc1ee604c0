import { unpack } from './pack-counts.ts';

const firstCapacity = 1_024;

/** Users by their number, with their counts; both lists are of one length. */
export interface NumberedCounts {
  numbers: number[];
  counts: number[];
}

/** Adds up counts of numbered users. Numbers are dense from 0 on, so one is a place in an array. */
export class UserTally {
  #counts = new Float64Array(firstCapacity);

  /** @param counts packed as by pack-counts.ts */
  add(counts: Uint8Array): void {
    unpack(counts, (number, count) => {
      if (number >= this.#counts.length) this.#grow(number);
      this.#counts[number] = (this.#counts[number] ?? 0) + count;
    });
  }

  /**
   * Those with the greatest counts, in the order of their numbers: more than `limit` where the last
   * places are tied, since names decide a tie and are not known here.
   */
  greatest(limit: number): NumberedCounts {
    const least = Math.max(1, nthGreatest(this.#counts, limit));
    const found: NumberedCounts = { numbers: [], counts: [] };
    for (const [number, count] of this.#counts.entries()) {
      if (count < least) continue;
      found.numbers.push(number);
      found.counts.push(count);
    }
    return found;
  }

  #grow(number: number): void {
    const grown = new Float64Array(Math.max(number + 1, 2 * this.#counts.length));
    grown.set(this.#counts);
    this.#counts = grown;
  }
}

/** The nth greatest of the values; 0 when there are fewer. Keeps n of them in order meanwhile. */
function nthGreatest(values: Float64Array, n: number): number {
  const top = new Float64Array(n);
  for (const value of values) {
    if (value <= (top[0] ?? 0)) continue;
    let place = 0;
    for (; place + 1 < n && value > (top[place + 1] ?? 0); place++) {
      top[place] = top[place + 1] ?? 0;
    }
    top[place] = value;
  }
  return top[0] ?? 0;
}
