/** A map of a bounded size: what was not read or written for the longest time goes first. */
export class LruMap<Key, Value> {
  private readonly max: number;
  /** A Map keeps the order of insertion; whatever is used is inserted anew, at the end. */
  private readonly entries = new Map<Key, Value>();

  constructor(max: number) {
    this.max = max;
  }

  get size(): number {
    return this.entries.size;
  }

  get(key: Key): Value | undefined {
    const value = this.entries.get(key);
    if (value === undefined) return undefined;
    this.entries.delete(key);
    this.entries.set(key, value);
    return value;
  }

  set(key: Key, value: Value): void {
    this.entries.delete(key);
    if (this.entries.size >= this.max) {
      const oldest = this.entries.keys().next();
      if (!oldest.done) this.entries.delete(oldest.value);
    }
    this.entries.set(key, value);
  }
}
