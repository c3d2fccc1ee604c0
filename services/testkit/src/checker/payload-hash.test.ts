import { describe, expect, test } from '@jest/globals';
import { plainRow } from '@event-platform/core/event/columns';
import { eventSchema } from '@event-platform/core/event/event';
import { hashPayload, toMicroseconds, type Payload } from './payload-hash.ts';

const payload: Payload = {
  ...plainRow('text', '2026-11-01T12:00:00.5Z'),
  metadata: { b: 1, a: { d: [1, { y: 1, x: 2 }], c: null } },
};

describe('the name of a content', () => {
  test('is the same for every spelling of it', () => {
    const other = {
      ...payload,
      timestamp: '2026-11-01T13:30:00.500000+01:30',
      metadata: { a: { c: null, d: [1, { x: 2, y: 1 }] }, b: 1.0 },
    };
    expect(hashPayload(other)).toBe(hashPayload(payload));
  });

  // By the contract, not by the list that the hash is made from: a field that is left out there fails here.
  test.each(Object.keys(eventSchema.shape))('differs by a change of %s', (field) => {
    expect(hashPayload({ ...payload, [field]: 'other' })).not.toBe(hashPayload(payload));
  });

  test.each<[string, Partial<Payload>]>([
    ['a microsecond', { timestamp: '2026-11-01T12:00:00.500001Z' }],
    ['the order of a list', { metadata: { b: 1, a: { d: [{ y: 1, x: 2 }, 1], c: null } } }],
    ['null instead of nothing', { metadata: { b: 1, a: { d: [1, { y: 1, x: 2 }] } } }],
    [
      'a text instead of a number',
      { metadata: { b: '1', a: { d: [1, { y: 1, x: 2 }], c: null } } },
    ],
    ['the case of a text', { type: 'Text' }],
  ])('differs by %s', (...[, change]) => {
    expect(hashPayload({ ...payload, ...change })).not.toBe(hashPayload(payload));
  });

  test('keeps microseconds, and does not change what is not a time', () => {
    expect(toMicroseconds('2026-11-01T00:00:00.123456789-02:00')).toBe(
      '2026-11-01T02:00:00.123456Z',
    );
    expect(toMicroseconds('soon')).toBe('soon');
  });
});
