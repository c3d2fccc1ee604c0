import { findStringEnd, kind, kinds, type StringEnd } from './json-bytes.ts';
import { ScanCounter, type EventSpan, type ScanLimits } from './scan-limits.ts';

const lineFeed = 0x0a;

/** Finds the events in a body of NDJSON without parsing it; blank lines are skipped. */
export class LineScan {
  private readonly bytes: Buffer;
  private readonly counter: ScanCounter;
  private readonly string: StringEnd = { at: 0, escaped: 0 };
  private at = 0;
  private values = 0;

  constructor(bytes: Buffer, limits: ScanLimits) {
    this.bytes = bytes;
    this.counter = new ScanCounter(limits);
  }

  /**
   * The next line that is not blank; undefined at the end.
   *
   * @throws RequestError too_many_lines, too_many_events or too_many_values
   */
  next(): EventSpan | undefined {
    while (this.at < this.bytes.length) {
      const from = this.at;
      const found = this.bytes.indexOf(lineFeed, from);
      const to = found === -1 ? this.bytes.length : found;
      this.at = to + 1;
      this.counter.line();
      const size = this.measure(from, to);
      if (size === 0) continue;
      this.counter.event();
      this.counter.values(this.values);
      return { from, to, size };
    }
    return undefined;
  }

  /** The size of a line (see EventSpan); counts its values. */
  private measure(from: number, to: number): number {
    const { bytes, string } = this;
    let [at, size, values] = [from, 0, this.values];
    while (at < to) {
      const is = kinds[bytes[at] as number];
      if (is === kind.quote) {
        findStringEnd(bytes, at, to, string);
        size += string.at - at - string.escaped;
        at = string.at;
        continue;
      }
      at++;
      if (is === kind.blank) continue;
      size++;
      if (is === kind.comma || is === kind.open) values++;
    }
    this.values = values;
    return size;
  }
}
