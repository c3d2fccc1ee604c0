import { RequestError } from '@event-platform/core/event/errors';
import type { InputLimits } from '@event-platform/core/event/input-limits';
import type { BodyFormat } from './media-type.ts';
import { parseJson, parseText } from './parse-json.ts';
import { envelopeBegins, JsonScan, type JsonFound } from './scan/json-scan.ts';
import { LineScan } from './scan/line-scan.ts';
import { pause, ScanCounter, tooMany, type EventSpan } from './scan/scan-limits.ts';
import type { EventSorter } from './sort-events.ts';

/** Up to this size a body of JSON is parsed whole: whatever it holds, that takes a few milliseconds. */
export const smallBytes = 65_536;

/** What an event may be larger than its metadata, as compact JSON: five texts of 255 characters, and more. */
const fieldBytes = 16_384;

/** How long a body is worked on before others have their turn. One event more may take it beyond. */
const sliceMs = 10;

/**
 * Sorts a small body at once.
 *
 * @throws RequestError as `BodySlices`
 */
export function sortSmall(
  bytes: Buffer,
  format: BodyFormat,
  sorter: EventSorter,
  limits: InputLimits,
): void {
  const text = bytes.toString();
  const hasEscapes = text.includes('\\u');
  if (format === 'json') sortWhole(text, hasEscapes, sorter, limits);
  else sortLines(text, hasEscapes, sorter, limits);
  if (sorter.count === 0) throw new RequestError('body_empty');
}

function sortWhole(
  text: string,
  hasEscapes: boolean,
  sorter: EventSorter,
  { eventsPerRequest }: InputLimits,
): void {
  const { items, listPointer } = parseJson(text);
  if (items.length > eventsPerRequest) throw tooMany('too_many_events', 'events', eventsPerRequest);
  items.forEach((item, index) =>
    sorter.add(item, hasEscapes, listPointer === undefined ? '' : `${listPointer}/${index}`),
  );
}

const blankLine = /^[ \t\v\f\r]*$/;

function sortLines(
  text: string,
  hasEscapes: boolean,
  sorter: EventSorter,
  limits: InputLimits,
): void {
  const counter = new ScanCounter(limits);
  for (let from = 0; from < text.length;) {
    const found = text.indexOf('\n', from);
    const to = found === -1 ? text.length : found;
    const line = text.slice(from, to);
    from = to + 1;
    counter.line();
    if (blankLine.test(line)) continue;
    counter.event();
    sortLine(line, hasEscapes, sorter);
  }
}

/** Of NDJSON a broken line is rejected alone. */
function sortLine(line: string, hasEscapes: boolean, sorter: EventSorter): void {
  const at = `/${sorter.count}`;
  let item: unknown;
  try {
    item = JSON.parse(line);
  } catch {
    sorter.reject('json_invalid', at);
    return;
  }
  sorter.add(item, hasEscapes, at);
}

/**
 * Sorts a body of any size in slices, an event at a time: no more than one is ever parsed at once, and what
 * is larger than an event may be is not parsed at all.
 */
export class BodySlices {
  private readonly bytes: Buffer;
  private readonly scan: JsonScan | LineScan;
  private readonly sorter: EventSorter;
  private readonly maxEventBytes: number;
  private listPointer = '';

  constructor(bytes: Buffer, format: BodyFormat, sorter: EventSorter, limits: InputLimits) {
    this.bytes = bytes;
    this.scan = format === 'json' ? new JsonScan(bytes, limits) : new LineScan(bytes, limits);
    this.sorter = sorter;
    this.maxEventBytes = limits.metadataBytes + fieldBytes;
  }

  /**
   * Works for one slice of time; true when the body is done.
   *
   * @param nowMs a clock
   * @throws RequestError as `parseJson`, and for what a request may not hold
   */
  next(nowMs: () => number): boolean {
    const endMs = nowMs() + sliceMs;
    do {
      const found = this.scan.next();
      if (found === undefined) {
        this.finish();
        return true;
      }
      this.take(found);
    } while (nowMs() < endMs);
    return false;
  }

  private take(found: Exclude<JsonFound, undefined>): void {
    if (found === pause) return;
    if (found === envelopeBegins) {
      this.listPointer = '/events';
      this.sorter.restart();
      return;
    }
    this.takeEvent(found, `${this.listPointer}/${this.sorter.count}`);
  }

  private takeEvent({ from, to, size }: EventSpan, at: string): void {
    if (size > this.maxEventBytes) {
      this.sorter.reject('event_too_large', at);
      return;
    }
    const text = this.bytes.toString('utf8', from, to);
    const hasEscapes = text.includes('\\u');
    if (this.scan instanceof LineScan) sortLine(text, hasEscapes, this.sorter);
    else this.sorter.add(parseText(text), hasEscapes, at);
  }

  /** What stands around the list is an empty list, an envelope of one, or the only event. */
  private finish(): void {
    if (this.scan instanceof JsonScan) this.finishJson(this.scan.around);
    if (this.sorter.count === 0) throw new RequestError('body_empty');
  }

  private finishJson({ text: bytes, size }: JsonScan['around']): void {
    if (size > this.maxEventBytes) {
      // Only an event that stands alone may have its events' size around them.
      const isEvent = this.listPointer === '' && /^\s*\{/.test(bytes.toString('latin1', 0, 64));
      if (!isEvent) throw new RequestError('envelope_invalid');
      this.sorter.restart();
      this.sorter.reject('event_too_large', '');
      return;
    }
    const text = bytes.toString();
    const { items, listPointer } = parseJson(text);
    if (listPointer === undefined) this.sorter.add(items[0], text.includes('\\u'), '');
  }
}
