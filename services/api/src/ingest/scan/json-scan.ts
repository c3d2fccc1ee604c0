import { RequestError } from '@event-platform/core/event/errors';
import { findStringEnd, kind, kinds, type StringEnd } from './json-bytes.ts';
import { pause, ScanCounter, type EventSpan, type ScanLimits } from './scan-limits.ts';

/** A list of events in an envelope begins; it takes the place of an earlier one, as in JSON.parse. */
export const envelopeBegins = Symbol('envelope begins');

/** What a scan has come upon; undefined is the end of the body. */
export type JsonFound = EventSpan | typeof pause | typeof envelopeBegins | undefined;

/** Bytes between two pauses. */
const pieceBytes = 65_536;

const openList = 0x5b;

/** No key that spells "events", however it is escaped, is longer. */
const longestKey = '""'.length + '\\u0065'.length * 'events'.length;

/**
 * Finds the events in a body of JSON without parsing it, in one pass over its bytes: what is never parsed
 * costs no memory, whatever it holds. It follows strings and brackets and nothing else: the text of an
 * event, and what stands around the events, may still be no JSON; if all of them are, the body is.
 */
export class JsonScan {
  private readonly bytes: Buffer;
  private readonly counter: ScanCounter;
  private readonly string: StringEnd = { at: 0, escaped: 0 };
  /** What stands around the events: '[]', '{"events":[]}', or an event that stands alone. */
  private readonly parts: Buffer[] = [];
  private at = 0;
  private depth = 0;
  private values = 0;
  /** Commas at this depth part events; 0 outside a list. */
  private listDepth = 0;
  private isFirst = true;
  /** Where the event, or the part around, begins that is being scanned, and its size so far. */
  private from = 0;
  private size = 0;
  private aroundSize = 0;
  /** The last string at the depth of an envelope's keys. */
  private keyFrom = 0;
  private keyTo = 0;
  private isAtEnd = false;

  constructor(bytes: Buffer, limits: ScanLimits) {
    this.bytes = bytes;
    this.counter = new ScanCounter(limits);
  }

  /** The body without the events that were found, once it is scanned, and its size (see EventSpan). */
  get around(): { text: Buffer; size: number } {
    return { text: Buffer.concat(this.parts), size: this.aroundSize };
  }

  /**
   * Scans on.
   *
   * @throws RequestError too_many_events, too_many_values or json_invalid
   */
  next(): JsonFound {
    const { bytes, string, listDepth } = this;
    const stop = Math.min(bytes.length, this.at + pieceBytes);
    let { at, size, depth, values } = this;
    let special: number = kind.other;
    while (at < stop) {
      const is = kinds[bytes[at] as number] as number;
      if (is === kind.quote) {
        const start = at;
        findStringEnd(bytes, at, bytes.length, string);
        at = string.at;
        size += at - start - string.escaped;
        if (depth === 1 && listDepth === 0) [this.keyFrom, this.keyTo] = [start, at];
        continue;
      }
      at++;
      if (is === kind.blank) continue;
      if (is === kind.comma) {
        values++;
        if (depth === listDepth && depth > 0) special = kind.comma;
      } else if (is === kind.open) {
        values++;
        depth++;
        if (listDepth === 0 && depth <= 2) special = kind.open;
      } else if (is === kind.close) {
        depth--;
        if (listDepth > 0 && depth < listDepth) special = kind.close;
      }
      if (special !== kind.other) break;
      size++;
    }
    [this.at, this.size, this.depth, this.values] = [at, size, depth, values];
    this.counter.values(values);
    if (special === kind.comma) return this.endEvent();
    if (special === kind.open) return this.maybeOpenList();
    if (special === kind.close) return this.closeList();
    if (at < bytes.length) return pause;
    this.end();
    return undefined;
  }

  /** Behind a comma between events. */
  private endEvent(): EventSpan {
    if (this.size === 0) throw new RequestError('json_invalid');
    this.isFirst = false;
    return this.event(this.at);
  }

  /** Behind an opening bracket outside a list. */
  private maybeOpenList(): JsonFound {
    this.size++;
    const { bytes, at, depth } = this;
    const isEnvelope = depth === 2 && this.isEventsKey();
    if (bytes[at - 1] !== openList || (depth === 2 && !isEnvelope)) return pause;
    this.parts.push(bytes.subarray(this.from, at));
    this.aroundSize += this.size;
    this.listDepth = depth;
    this.isFirst = true;
    [this.from, this.size] = [at, 0];
    return isEnvelope ? envelopeBegins : pause;
  }

  /** Behind the bracket that closes the list. */
  private closeList(): JsonFound {
    this.listDepth = 0;
    const isEmpty = this.size === 0;
    if (isEmpty && !this.isFirst) throw new RequestError('json_invalid');
    const last = isEmpty ? pause : this.event(this.at);
    // The bracket belongs to what is around.
    [this.from, this.size] = [this.at - 1, 1];
    return last;
  }

  private end(): void {
    if (this.isAtEnd) return;
    this.isAtEnd = true;
    if (this.listDepth > 0) throw new RequestError('json_invalid');
    this.parts.push(this.bytes.subarray(this.from));
    this.aroundSize += this.size;
  }

  /** The event that ends before the byte before `at`; the next one begins there. */
  private event(at: number): EventSpan {
    this.counter.event();
    const span = { from: this.from, to: at - 1, size: this.size };
    [this.from, this.size] = [at, 0];
    return span;
  }

  private isEventsKey(): boolean {
    if (this.keyTo - this.keyFrom > longestKey) return false;
    const key = this.bytes.toString('utf8', this.keyFrom, this.keyTo);
    if (key === '"events"') return true;
    if (!key.includes('\\')) return false;
    try {
      return JSON.parse(key) === 'events';
    } catch {
      return false;
    }
  }
}
