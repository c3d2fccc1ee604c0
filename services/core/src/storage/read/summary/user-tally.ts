const firstCapacity = 1_024;

/** Users by their number, with their counts; both lists are of one length. */
export interface NumberedCounts {
  numbers: number[];
  counts: number[];
}

/** Who may still come out on top, and up to what more they need. */
export interface Candidates {
  numbers: number[];
  slack: number;
}

/** Adds up counts of numbered users. Numbers are dense from 0 on, so one is a place in an array. */
export class UserTally {
  #counts = new Float64Array(firstCapacity);

  /** Adds what `packed` of pack-counts.ts has made: millions of entries in a summary. */
  addPacked(bytes: Uint8Array): void {
    let counts = this.#counts;
    let number = 0;
    for (let at = 0; at + 1 < bytes.length; at += 2) {
      number += bytes[at] ?? 0;
      if (number >= counts.length) counts = this.#grow(number);
      counts[number] = (counts[number] ?? 0) + (bytes[at + 1] ?? 0);
    }
  }

  /** Adds what `linedUp` of pack-counts.ts has made. */
  addLinedUp(bytes: Uint8Array): void {
    let counts = this.#counts;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at < view.byteLength; at += 8) {
      const number = view.getUint32(at);
      if (number >= counts.length) counts = this.#grow(number);
      counts[number] = (counts[number] ?? 0) + view.getUint32(at + 4);
    }
  }

  /**
   * Those with the greatest counts, in the order of their numbers: more than `limit` where the last
   * places are tied, since names decide a tie and are not known here.
   */
  greatest(limit: number): NumberedCounts {
    return this.#withAtLeast(Math.max(1, nthGreatest(this.#counts, limit)));
  }

  /**
   * Users who are not more than `slack` below the nth place, where `slack` is as great as it can be with no more
   * than `most` of them. Everyone else, and everyone who is not counted here, needs more than that to come
   * among the first n. No user, and no slack, where there are too many for a slack of one.
   */
  candidates(n: number, most: number): Candidates {
    const nth = nthGreatest(this.#counts, n);
    /** By how much they are below; less than nth, since who is not counted here has nothing. */
    const usersBelow = new Uint32Array(Math.min(nth, most));
    for (const count of this.#counts) {
      const missing = Math.max(0, nth - count);
      if (missing < usersBelow.length) usersBelow[missing] = (usersBelow[missing] ?? 0) + 1;
    }
    let slack = 0;
    let users = usersBelow[0] ?? 0;
    while (slack + 1 < usersBelow.length && users + (usersBelow[slack + 1] ?? 0) <= most) {
      users += usersBelow[++slack] ?? 0;
    }
    if (slack === 0) return { numbers: [], slack };
    return { numbers: this.#withAtLeast(nth - slack).numbers, slack };
  }

  #withAtLeast(least: number): NumberedCounts {
    const found: NumberedCounts = { numbers: [], counts: [] };
    // Not by its iterator: that makes a pair of every user.
    for (let number = 0; number < this.#counts.length; number++) {
      const count = this.#counts[number] ?? 0;
      if (count < least) continue;
      found.numbers.push(number);
      found.counts.push(count);
    }
    return found;
  }

  #grow(number: number): Float64Array<ArrayBuffer> {
    const grown = new Float64Array(Math.max(number + 1, 2 * this.#counts.length));
    grown.set(this.#counts);
    this.#counts = grown;
    return grown;
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
