import { describe, expect, test } from '@jest/globals';
import { hashPayload, toMicroseconds } from './payload-hash.ts';

const payload = {
  accountId: 'a',
  eventId: 'e',
  userId: 'u',
  type: 't',
  timestamp: '2026-11-01T12:00:00.5Z',
  metadata: { b: 1, a: { d: [1, { y: 1, x: 2 }], c: null } } as unknown,
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

  test.each<[string, Partial<typeof payload>]>([
    ['a microsecond', { timestamp: '2026-11-01T12:00:00.500001Z' }],
    ['the order of a list', { metadata: { b: 1, a: { d: [{ y: 1, x: 2 }, 1], c: null } } }],
    ['null instead of nothing', { metadata: { b: 1, a: { d: [1, { y: 1, x: 2 }] } } }],
    [
      'a text instead of a number',
      { metadata: { b: '1', a: { d: [1, { y: 1, x: 2 }], c: null } } },
    ],
    ['the user', { userId: 'v' }],
    ['the type', { type: 'T' }],
  ])('differs by %s', (...[, change]) => {
    expect(hashPayload({ ...payload, ...change })).not.toBe(hashPayload(payload));
  });

  test('keeps microseconds, and leaves alone what is no time', () => {
    expect(toMicroseconds('2026-11-01T00:00:00.123456789-02:00')).toBe(
      '2026-11-01T02:00:00.123456Z',
    );
    expect(toMicroseconds('soon')).toBe('soon');
  });
});
