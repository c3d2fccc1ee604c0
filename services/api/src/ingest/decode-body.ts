import { parseExactJson } from '@event-platform/core/event/exact-json';
import { RequestError } from '@event-platform/core/event/errors';
import type { InputLimits } from '@event-platform/core/event/input-limits';
import type { BodyFormat } from './media-type.ts';
import { envelopePointer, parseJson, parseText } from './parse-json.ts';
import { envelopeBegins, JsonScan, type JsonFound } from './scan/json-scan.ts';
import { LineScan } from './scan/line-scan.ts';
import { pause, ScanCounter, tooMany, type EventSpan } from './scan/scan-limits.ts';
import type { EventSink } from './validate-events.ts';

/** Up to this size a body of JSON is parsed whole: whatever it holds, that takes a few milliseconds. */
export const smallBytes = 65_536;

/** Takes the events out of a body, and hands them to a sink one by one. */
export interface BodyDecoder {
  /** Decodes a small body at once. @throws RequestError as `BodySlices` */
  whole(bytes: Buffer, sink: EventSink, limits: InputLimits): void;
  /** Decodes a body of any size; each `next` is a slice of time, and true when the body is done. */
  inSlices(bytes: Buffer, sink: EventSink, limits: InputLimits): Pick<BodySlices, 'next'>;
}

/** The decoder of each format. */
export const bodyDecoders: Readonly<Record<BodyFormat, BodyDecoder>> = {
  json: decoderOf('json'),
  ndjson: decoderOf('ndjson'),
};

function decoderOf(format: BodyFormat): BodyDecoder {
  return {
    whole: (bytes, sink, limits) => decodeSmall(bytes, format, sink, limits),
    inSlices: (bytes, sink, limits) => new BodySlices(bytes, format, sink, limits),
  };
}

/** What an event may be larger than its metadata, as compact JSON: five texts of 255 characters, and more. */
const fieldBytes = 16_384;

/** How long a body is decoded before others have their turn. One event more may take it beyond. */
const sliceMs = 10;

/**
 * Decodes a small body at once.
 *
 * @throws RequestError as `BodySlices`
 */
function decodeSmall(
  bytes: Buffer,
  format: BodyFormat,
  sink: EventSink,
  limits: InputLimits,
): void {
  const text = bytes.toString();
  const hasEscapes = text.includes('\\u');
  if (format === 'json') decodeWhole(text, hasEscapes, sink, limits);
  else decodeLines(text, hasEscapes, sink, limits);
  if (sink.count === 0) throw new RequestError('body_empty');
}

function decodeWhole(
  text: string,
  hasEscapes: boolean,
  sink: EventSink,
  { eventsPerRequest }: InputLimits,
): void {
  const { items, listPointer } = parseJson(text);
  if (items.length > eventsPerRequest) throw tooMany('too_many_events', 'events', eventsPerRequest);
  items.forEach((item, index) =>
    sink.add(item, hasEscapes, listPointer === undefined ? '' : `${listPointer}/${index}`),
  );
}

const blankLine = /^[ \t\v\f\r]*$/;

function decodeLines(
  text: string,
  hasEscapes: boolean,
  sink: EventSink,
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
    decodeLine(line, hasEscapes, sink);
  }
}

/** Of NDJSON a broken line is rejected alone. */
function decodeLine(line: string, hasEscapes: boolean, sink: EventSink): void {
  const at = `/${sink.count}`;
  let item: unknown;
  try {
    item = parseExactJson(line);
  } catch {
    sink.reject('json_invalid', at);
    return;
  }
  sink.add(item, hasEscapes, at);
}

/**
 * Decodes a body of any size in slices, an event at a time: no more than one is ever parsed at once, and what
 * is larger than an event may be is not parsed at all.
 */
class BodySlices {
  private readonly bytes: Buffer;
  private readonly scan: JsonScan | LineScan;
  private readonly sink: EventSink;
  private readonly maxEventBytes: number;
  private listPointer = '';

  constructor(bytes: Buffer, format: BodyFormat, sink: EventSink, limits: InputLimits) {
    this.bytes = bytes;
    this.scan = format === 'json' ? new JsonScan(bytes, limits) : new LineScan(bytes, limits);
    this.sink = sink;
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
      this.listPointer = envelopePointer;
      this.sink.restart();
      return;
    }
    this.takeEvent(found, `${this.listPointer}/${this.sink.count}`);
  }

  private takeEvent({ from, to, size }: EventSpan, at: string): void {
    if (size > this.maxEventBytes) {
      this.sink.reject('event_too_large', at);
      return;
    }
    const text = this.bytes.toString('utf8', from, to);
    const hasEscapes = text.includes('\\u');
    if (this.scan instanceof LineScan) decodeLine(text, hasEscapes, this.sink);
    else this.sink.add(parseText(text), hasEscapes, at);
  }

  /** What stands around the list is an empty list, an envelope of one, or the only event. */
  private finish(): void {
    if (this.scan instanceof JsonScan) this.finishJson(this.scan.around);
    if (this.sink.count === 0) throw new RequestError('body_empty');
  }

  private finishJson({ text: bytes, size }: JsonScan['around']): void {
    if (size > this.maxEventBytes) {
      // Only an event that stands alone may have its events' size around them.
      const isEvent = this.listPointer === '' && /^\s*\{/.test(bytes.toString('latin1', 0, 64));
      if (!isEvent) throw new RequestError('envelope_invalid');
      this.sink.restart();
      this.sink.reject('event_too_large', '');
      return;
    }
    const text = bytes.toString();
    const { items, listPointer } = parseJson(text);
    if (listPointer === undefined) this.sink.add(items[0], text.includes('\\u'), '');
  }
}
