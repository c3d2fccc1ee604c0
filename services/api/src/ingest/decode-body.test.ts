import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RequestError } from '@event-platform/core/event/errors';
import { defaultInputLimits, type InputLimits } from '@event-platform/core/event/input-limits';
import type { BodyFormat } from './media-type.ts';
import { bodyDecoders } from './decode-body.ts';
import { EventValidator, type ValidatedEvents } from './validate-events.ts';

const receivedAt = '2026-11-23T09:30:00.000Z';

function newValidator(limits: InputLimits): EventValidator {
  const receivedAtMs = Date.parse(receivedAt);
  const newEventId = () => 'made';
  return new EventValidator({ limits, receivedAtMs, receivedAt, keyAccount: 'a', newEventId });
}

/** What a way of decoding makes of a body: the events, or the code of its refusal. */
type Outcome = ValidatedEvents | string;

function outcomeOf(decode: () => ValidatedEvents): Outcome {
  try {
    return decode();
  } catch (error) {
    if (error instanceof RequestError) return error.code;
    throw error;
  }
}

function inSlices(body: string | Buffer, format: BodyFormat = 'json', more?: Partial<InputLimits>) {
  const limits = { ...defaultInputLimits, ...more };
  return outcomeOf(() => {
    const validator = newValidator(limits);
    const slices = bodyDecoders[format].inSlices(Buffer.from(body), validator, limits);
    // A clock that is always late: one step a slice.
    let nowMs = 0;
    while (!slices.next(() => (nowMs += 1_000)));
    return validator.finish();
  });
}

function whole(body: string, format: BodyFormat = 'json'): Outcome {
  const validator = newValidator(defaultInputLimits);
  return outcomeOf(() => {
    bodyDecoders[format].whole(Buffer.from(body), validator, defaultInputLimits);
    return validator.finish();
  });
}

const codes = (outcome: Outcome) =>
  typeof outcome === 'string' ? outcome : outcome.results.map(({ code, status }) => code ?? status);
const event = '{"user_id":"u","type":"t"}';

describe('a body that is decoded in slices comes out as one that is parsed whole', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 8 });
  const value = fc.jsonValue({ maxDepth: 3 });
  const goodEvent = fc.record({ user_id: text, type: text, metadata: fc.dictionary(text, value) });
  const item = fc.oneof(goodEvent, goodEvent, value);
  const spaces = fc.constantFrom(undefined, 1, '\t');
  const items = fc.array(item, { maxLength: 6 });
  const body = fc.oneof(
    items,
    item,
    fc.record({ events: items, sent_at: fc.constantFrom('2026-01-01', 'soon', 7) }),
    fc.record({ sent_at: fc.constant('2026-01-01'), events: fc.oneof(items, value) }),
    fc.record({ events: items, x: value }),
  );
  const json = fc.tuple(body, spaces).map(([data, space]) => JSON.stringify(data, null, space));

  test('whatever JSON it is', () => {
    fc.assert(
      fc.property(json, (sent) => expect(inSlices(sent)).toEqual(whole(sent))),
      {
        numRuns: 1_000,
      },
    );
  });

  test('and is refused as no JSON in the same cases, wherever a byte is missing, added or another', () => {
    const mangled = fc.tuple(
      json,
      fc.nat(),
      fc.constantFrom(...'[ ] { } , : " \\ 0 a e \n'.split(' '), ' '),
      fc.nat(2),
    );
    fc.assert(
      fc.property(mangled, ([sent, place, character, removed]) => {
        const at = place % (sent.length + 1);
        const bad = `${sent.slice(0, at)}${removed === 1 ? '' : character}${sent.slice(at + Math.min(removed, 1))}`;
        const expected = whole(bad);
        if (expected === 'json_invalid' || expected === 'body_empty') {
          expect(['json_invalid', 'body_empty', 'envelope_invalid']).toContain(inSlices(bad));
        } else expect(inSlices(bad)).toEqual(expected);
      }),
      { numRuns: 5_000 },
    );
  });

  test.each([
    ['a key that is escaped', `{"\\u0065v\\u0065nts":[${event}]}`],
    ['a key that comes twice', `{"events":[${event},${event}],"events":[${event}]}`],
    ['a list and then none', `{"events":[${event}],"events":7}`],
    ['no list and then one', `{"events":7,"events":[${event}]}`],
    ['the key deeper', `{"user_id":"u","type":"t","metadata":{"events":[{}]}}`],
    ['the key as a value', `{"user_id":"events","type":"t","metadata":{"a":[1]}}`],
    ['a key with a quote in it', `{"x\\"events":[${event}]}`],
    ['brackets in strings', `[{"user_id":"}],[{","type":"\\"]"}]`],
    ['brackets that do not fit', `[{]}`],
    ['more after the list', `[${event}],`],
    ['two lists', `[${event}][${event}]`],
    ['a list that is not closed', `[${event}`],
    ['nothing', ' \r\n\t'],
    ['closing brackets', ']]}}'],
    ['commas', ',,,'],
  ])('%s', (_name, sent) => {
    expect(inSlices(sent)).toEqual(whole(sent));
  });
});

describe('what a request may hold is bounded before it is parsed', () => {
  test('values', () => {
    const body = (values: number) =>
      `[{"user_id":"u","type":"t","metadata":{"a":[${Array(values).fill(1).join(',')}]}}]`;
    const limits = { valuesPerRequest: 1_000 };
    expect(codes(inSlices(body(990), 'json', limits))).toEqual(['accepted']);
    expect(inSlices(body(1_001), 'json', limits)).toBe('too_many_values');
    expect(inSlices(body(1_001).slice(1, -1), 'ndjson', limits)).toBe('too_many_values');
    expect(inSlices(`{"x":${'['.repeat(200_000)}`, 'json', limits)).toBe('too_many_values');
  });

  test('events', () => {
    const limits = { eventsPerRequest: 2 };
    expect(codes(inSlices(`[${event},${event}]`, 'json', limits))).toHaveLength(2);
    expect(inSlices(`[${event},${event},${event}]`, 'json', limits)).toBe('too_many_events');
    expect(inSlices(`{"events":[1,2,3,`, 'json', limits)).toBe('too_many_events');
    expect(inSlices('1\n2\n3', 'ndjson', limits)).toBe('too_many_events');
  });

  test('lines: blank ones may be as many as events', () => {
    const limits = { eventsPerRequest: 2 };
    expect(codes(inSlices(`\n${event}\r\n \n${event}`, 'ndjson', limits))).toHaveLength(2);
    expect(inSlices('\n\n\n\n\n', 'ndjson', limits)).toBe('too_many_lines');
  });
});

describe('an event that is larger than any may be is not parsed, and costs none of its neighbours', () => {
  const large = `{"user_id":"u","type":"t","metadata":{"a":"${'x'.repeat(90_000)}"}}`;
  const expected = ['accepted', 'event_too_large', 'accepted'];

  test('in a list, in an envelope and as a line', () => {
    const list = `[${event},${large},${event}]`;
    const outcome = inSlices(list);
    expect(codes(outcome)).toEqual(expected);
    expect(outcome).toMatchObject({ rejected: 1, results: [{}, { index: 1, pointer: '/1' }, {}] });
    const envelope = inSlices(`{"events":${list}}`);
    expect(envelope).toMatchObject({ results: [{}, { pointer: '/events/1' }, {}] });
    expect(codes(inSlices(`${event}\n${large}\n${event}`, 'ndjson'))).toEqual(expected);
  });

  test('alone, with an empty pointer', () => {
    expect(inSlices(large)).toMatchObject({
      results: [{ index: 0, code: 'event_too_large', pointer: '' }],
    });
  });

  test.each([
    ['brackets', `[${event},${'['.repeat(100_000)}${']'.repeat(100_000)},${event}]`],
    ['objects', `[${event},[${'{},'.repeat(100_000)}{}],${event}]`],
    ['what is no JSON', `[${event},{${'x'.repeat(100_000)}},${event}]`],
  ])('of %s', (_name, body) => {
    expect(codes(inSlices(body))).toEqual(expected);
  });

  test('but escapes and white space count for what they stand for', () => {
    const text = '\\u0436'.repeat(30_000);
    const spaced = `{${' '.repeat(200_000)}"user_id":"u","type":"t","metadata":{"a":"${text}"}}`;
    expect(codes(inSlices(`[${spaced}]`))).toEqual(['accepted']);
    expect(codes(inSlices(spaced))).toEqual(['accepted']);
    expect(codes(inSlices(spaced, 'ndjson'))).toEqual(['accepted']);
  });

  test('an envelope is small but for its events', () => {
    const body = `{"events":[${event}],"x":"${'x'.repeat(100_000)}"}`;
    expect(inSlices(body)).toBe('envelope_invalid');
  });
});

describe('NDJSON', () => {
  test('comes out in slices as at once, whatever its lines are', () => {
    const line = fc.oneof(
      fc.constantFrom('', ' ', '\r', event, `${event}\r`, '{', '"', '\u00a0', '\ufeff', '7'),
      fc.json({ maxDepth: 2 }),
    );
    const lines = fc.array(line, { maxLength: 12 }).map((all) => all.join('\n'));
    fc.assert(
      fc.property(lines, (sent) => expect(inSlices(sent, 'ndjson')).toEqual(whole(sent, 'ndjson'))),
      { numRuns: 1_000 },
    );
  });

  test('a line that ends within a string does not swallow the next one', () => {
    for (const broken of ['{"a":"x', '{"a":"x\\', '{"a":"x\\"', '[[[', '"']) {
      expect(codes(inSlices(`${event}\n${broken}\n${event}`, 'ndjson'))).toEqual([
        'accepted',
        'json_invalid',
        'accepted',
      ]);
    }
  });
});
