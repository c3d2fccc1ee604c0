import { gzipSync } from 'node:zlib';
import type { Random } from '@event-platform/testkit/harness/seeded-random';
import { createEventSource, type CheckEvent } from '@event-platform/testkit/checker/check-event';
import type { JournalEvent } from '@event-platform/testkit/checker/journal';
import { plainRow } from '@event-platform/core/event/columns';
import { hashPayload, type Payload } from '@event-platform/testkit/checker/payload-hash';

/** The text of a body with the events in it, or a body that is packed already and holds none. */
export type Shape =
  | { text: string; isLines?: boolean; isPlain?: boolean; events: JournalEvent[] }
  | { packed: Buffer; inflatedBytes: number; isLines?: boolean };

export interface Names {
  account: string;
  /** Start of the ids of the events, which no other body has. */
  idPrefix: string;
}

interface Maker {
  kind: string;
  /** Its share among all. */
  weight: number;
  make: (random: Random, names: Names) => Shape;
}

const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T;

/** From 1 up to ten to the power given, each magnitude as often as the next, and the last one more often. */
const magnitude = (random: Random, powerOfTen: number): number =>
  Math.round(10 ** (random(5) === 0 ? powerOfTen : random(powerOfTen * 1_000) / 1_000));

/** As a text of JSON together with what has to be found of it. */
interface EventText {
  text: string;
  event: JournalEvent;
}

/** Larger metadata is never accepted, so its content needs no name. */
const hashedCharacters = 1_000_000;

/** An event with metadata of any text, which need not be JSON. */
export function eventWith(
  metadataText: string,
  { account, idPrefix }: Names,
  index: number,
): EventText {
  const eventId = `${idPrefix}-${index}`;
  const { received_at: _, metadata: __, ...plain } = plainRow('shape', new Date().toISOString());
  const fields = { ...plain, account_id: account, event_id: eventId };
  const text = `${JSON.stringify(fields).slice(0, -1)},"metadata":${metadataText}}`;
  return { text, event: { accountId: account, eventId, hash: hashOf(metadataText, fields) } };
}

function hashOf(text: string, payload: Omit<Payload, 'metadata'>) {
  if (text.length > hashedCharacters) return '';
  try {
    return hashPayload({ ...payload, metadata: JSON.parse(text) });
  } catch {
    return '';
  }
}

/** Puts events into a list, an envelope or lines. */
function bodyOf(random: Random, events: readonly EventText[]): Shape {
  const texts = events.map(({ text }) => text);
  const journal = events.map(({ event }) => event);
  const form = random(3);
  if (form === 0) return { text: texts.join('\n'), isLines: true, events: journal };
  const list = `[${texts.join(',')}]`;
  return { text: form === 1 ? list : `{"events":${list}}`, events: journal };
}

function usual(random: Random, names: Names): Shape {
  const next = createEventSource({
    ...{ accountPrefix: names.idPrefix, accounts: 1, random, now: Date.now },
  });
  const count = magnitude(random, 2);
  const events = Array.from({ length: count }, () => asText({ ...next(), ...ownedBy(names) }));
  return bodyOf(random, events);
}

const ownedBy = ({ account }: Names) => ({ account_id: account });

function asText(event: CheckEvent): EventText {
  const { account_id: accountId, event_id: eventId } = event;
  return { text: JSON.stringify(event), event: { accountId, eventId, hash: hashPayload(event) } };
}

/** The largest that is legal; up to 150, which is what a request of 10 MB holds. */
function large(random: Random, names: Names): Shape {
  const count = random(12) === 0 ? 150 : 1 + random(15);
  const fill = pick(random, ['x', 'ä', '\\u0041', '1,', '{},']);
  const metadata =
    fill.endsWith(',') && fill.length < 6
      ? (length: number) => `{"list":[${fill.repeat(length / fill.length)}0]}`
      : (length: number) => `{"text":"${fill.repeat(length / Buffer.byteLength(fill))}"}`;
  const events = Array.from({ length: count }, (_, index) =>
    eventWith(metadata(65_000 - random(2_000)), names, index),
  );
  return bodyOf(random, events);
}

function deep(random: Random, names: Names): Shape {
  const [open, middle, close] = pick(random, [
    ['[', '1', ']'],
    ['{"a":', '1', '}'],
    ['[{"a":', '[]', '}]'],
    ['[', '', ''],
    ['{"a":', '', ''],
    ['[1,', '', ''],
  ]);
  const depth = magnitude(random, open.length > 1 ? 6 : 7);
  const text = `${open.repeat(depth)}${middle}${close.repeat(depth)}`;
  if (random(2) === 0) return { text, isLines: random(4) === 0, events: [] };
  return bodyOf(random, [eventWith(`{"deep":${text}}`, names, 0)]);
}

function wide(random: Random, names: Names): Shape {
  const value = pick(random, ['{}', '[]', '0', '""', 'null', '[[]]', '{"a":0}', '"\\n"', '1e5']);
  const count = Math.min(magnitude(random, 6.5), Math.floor(9_000_000 / (value.length + 1)));
  const list = `${`${value},`.repeat(count - 1)}${value}`;
  const form = random(4);
  if (form === 0) return { text: `[${list}]`, events: [] };
  if (form === 1) return { text: `{"events":[${list}]}`, events: [] };
  if (form === 2) return bodyOf(random, [eventWith(`{"list":[${list}]}`, names, 0)]);
  const keys = Array.from({ length: Math.min(count, 200_000) }, (_, index) => `"k${index}":0`);
  if (random(2) === 0) return bodyOf(random, [eventWith(`{${keys.join(',')}}`, names, 0)]);
  return { text: `{${keys.join(',')}}`, events: [] };
}

function lines(random: Random, names: Names): Shape {
  const blank = pick(random, ['\n', '\r\n', ' \n', '\t\n', '\n\n\n', '\v\n']);
  const count = Math.min(magnitude(random, 7), Math.floor(9_500_000 / blank.length));
  const blanks = blank.repeat(count);
  if (random(3) === 0) return { text: blanks, isLines: true, events: [] };
  const line = pick(random, ['{', '[]', '1', 'x', '""']);
  if (random(4) === 0) {
    return { text: `${line}\n`.repeat(Math.min(count, 3_000_000)), isLines: true, events: [] };
  }
  const events = [eventWith('{"at":1}', names, 0), eventWith('{"at":2}', names, 1)];
  const texts = events.map(({ text }) => text);
  return { text: texts.join(blanks), isLines: true, events: events.map(({ event }) => event) };
}

const numbers = [
  ...['-0', '0', '0.0', '-0.0', '1e999', '-1e999', '1e-999', '1E+2', '1e308', '5e-324'],
  ...['123456789012345678901234567890', '0.1', '0.30000000000000004', '9007199254740993'],
  ...['01', '+1', '.5', '1.', 'NaN', 'Infinity', '-', '1e', '0x10', '1_000'],
];

function numeric(random: Random, names: Names): Shape {
  const digits = '9'.repeat(magnitude(random, 5.4));
  const one = () =>
    pick(random, [...numbers, ...numbers, digits, `0.${digits}`, `1${'0'.repeat(400)}`]);
  const events = Array.from({ length: 1 + random(4) }, (_, index) =>
    eventWith(`{"n":${one()},"list":[${one()},${random(3) === 0 ? one() : '1'}]}`, names, index),
  );
  return bodyOf(random, events);
}

const escapes = [
  ...['\\u0000', '\\ud800', '\\udc00', '\\ud834\\udd1e', '\\/', '\\b\\f', '\\u2028', '𝄞'],
  ...['\\x', '\\u12', '\\', '\u0007', '\\"', '\\\\'],
];

function escaped(random: Random, names: Names): Shape {
  const events = Array.from({ length: 1 + random(4) }, (_, index) => {
    const text = pick(random, escapes).repeat(magnitude(random, random(4) === 0 ? 5 : 2));
    return eventWith(
      random(4) === 0 ? `{"${text}":1}` : `{"text":"${text}","b":"ok"}`,
      names,
      index,
    );
  });
  return bodyOf(random, events);
}

/** Of the same keys in one object the last counts. */
function repeatedKeys(random: Random, names: Names): Shape {
  const count = magnitude(random, 4.5);
  const key = pick(random, ['a', '', '__proto__', 'constructor', '0']);
  const object = `{${Array.from({ length: count }, (_, at) => `"${key}":${at}`).join(',')}}`;
  const { text, event } = eventWith(object, names, 0);
  const twice = random(2) === 0 ? text : text.replace('{', '{"type":"first","user_id":"first",');
  return bodyOf(random, [{ text: twice, event }]);
}

/** Compressed bodies that are damaged, or larger inside than outside; none holds an event. */
function packedOddly(random: Random): Shape {
  const inside = Buffer.alloc(magnitude(random, 7.5), pick(random, [' ', '[', '\n', '0', '{']));
  const whole = gzipSync(inside, { level: pick(random, [0, 1, 9]) }).subarray(0, 950_000);
  const members = 1 + random(20);
  const packed = pick(random, [
    () => Buffer.concat(Array.from({ length: members }, () => whole)).subarray(0, 950_000),
    () => whole.subarray(0, random(whole.length)),
    () => Buffer.concat([whole, Buffer.from('trailing')]),
    () => Buffer.concat([whole.subarray(0, -8), Buffer.alloc(8)]),
    () => gzipSync(whole),
    () => Buffer.concat([whole, whole.subarray(0, 10)]),
    () => Buffer.alloc(random(40), 0x1f),
  ])();
  return { packed, inflatedBytes: inside.length * members, isLines: random(2) === 0 };
}

/** Larger than the wire allows; a little of it is what the api reads on and forgets. */
function tooLarge(random: Random): Shape {
  return { text: `["${'x'.repeat(1_000_000 + random(4_000_000))}"]`, isPlain: true, events: [] };
}

/** Every kind of body, with its share. */
export const makers: readonly Maker[] = [
  { kind: 'usual', weight: 40, make: usual },
  { kind: 'large', weight: 6, make: large },
  { kind: 'deep', weight: 10, make: deep },
  { kind: 'wide', weight: 10, make: wide },
  { kind: 'lines', weight: 10, make: lines },
  { kind: 'numbers', weight: 8, make: numeric },
  { kind: 'escapes', weight: 8, make: escaped },
  { kind: 'repeated-keys', weight: 5, make: repeatedKeys },
  { kind: 'gzip', weight: 8, make: packedOddly },
  { kind: 'too-large', weight: 2, make: tooLarge },
];
