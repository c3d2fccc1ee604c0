import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hashEventId, hashLength } from './event-id-hash.ts';

test('a hash has its fixed length and needs no escape in JSON, whatever the id', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 255 }), (eventId) => {
      const hash = hashEventId(eventId);
      expect(hash).toHaveLength(hashLength);
      expect(hash).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(hashEventId(eventId)).toBe(hash);
    }),
  );
});

const families: [string, (index: number) => string][] = [
  ['numbers', String],
  ['numbers behind a prefix', (index) => `order-${index}`],
  ['numbers before a suffix', (index) => `${index}-retry`],
  [
    'UUIDs that differ in the time alone',
    (index) => `0193${index.toString(16).padStart(8, '0')}-7`,
  ],
];

test.each(families)('100,000 %s collide at most once', (_name, make) => {
  const hashes = new Set(Array.from({ length: 100_000 }, (_, index) => hashEventId(make(index))));
  expect(hashes.size).toBeGreaterThanOrEqual(99_999);
});

test('every character of the hash takes each of its 64 values about equally often', () => {
  const samples = 64_000;
  const counts = Array.from({ length: hashLength }, () => new Map<string, number>());
  for (let index = 0; index < samples; index++) {
    Array.from(hashEventId(`event-${index}`)).forEach((character, place) => {
      counts[place]?.set(character, (counts[place].get(character) ?? 0) + 1);
    });
  }
  for (const place of counts) {
    expect(place.size).toBe(64);
    // 1,000 are expected of each; six standard deviations are 190.
    for (const count of place.values()) expect(Math.abs(count - samples / 64)).toBeLessThan(190);
  }
});
