import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkMetadata, isStorableText } from './check-metadata.ts';

describe('text', () => {
  test('is storable unless it holds NUL or half of a surrogate pair', () => {
    for (const text of ['', 'a', '\u0001', '😀', '\uffff']) expect(isStorableText(text)).toBe(true);
    for (const text of ['\0', 'a\0b', '\ud83d', '\ude00', '\ude00\ud83d']) {
      expect(isStorableText(text)).toBe(false);
    }
  });

  test('is looked at only when the bytes of the request leave it open', () => {
    const unstorable = { a: ['\0'], '\ud800': 1 };
    expect(checkMetadata(unstorable, 16, true)).toMatchObject({ code: 'text_not_storable' });
    expect(checkMetadata(unstorable, 16, false)).toBeUndefined();
  });
});

describe('the pointer', () => {
  test('leads to the value, escaped as RFC 6901 asks', () => {
    const found = checkMetadata({ fine: 1, 'a/b': { '~': [0, 1, '\0'] } }, 16, true);
    expect(found?.pointer).toBe('/a~1b/~0/2');
  });

  test('is of the parent when the key itself cannot be shown', () => {
    expect(checkMetadata({ a: { 'k\0': 1 } }, 16, true)?.pointer).toBe('/a');
  });

  test('leads to the value whatever its keys are, or to what holds a key that is too long', () => {
    const key = fc.oneof(fc.string(), fc.constantFrom('~1', '/~0', '', '0', '~', 'k'.repeat(101)));
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 14 }), (path) => {
        let value: unknown = Infinity;
        for (const one of path.toReversed()) value = Object.fromEntries([[one, value]]);
        if (path.includes('__proto__')) return;
        const found = checkMetadata(value, 16, true);
        const long = path.findIndex((one) => one.length > 100);
        const shown = long < 0 ? path : path.slice(0, long);
        const unescaped = (found?.pointer.split('/').slice(1) ?? []).map((token) =>
          token.replaceAll('~1', '/').replaceAll('~0', '~'),
        );
        expect(unescaped).toEqual(shown);
      }),
    );
  });
});

describe('depth', () => {
  const arrays = (levels: number): unknown => (levels === 1 ? [] : [arrays(levels - 1)]);

  test('counts objects and arrays alike, and scalars not', () => {
    expect(checkMetadata(arrays(3), 3, true)).toBeUndefined();
    expect(checkMetadata([[[1]]], 3, true)).toBeUndefined();
    expect(checkMetadata(arrays(4), 3, true)).toEqual({
      code: 'metadata_too_deep',
      pointer: '/0/0/0',
    });
  });

  test('beyond the limit is never descended into, so no nesting exhausts the stack', () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    expect(checkMetadata(deep, 16, true)?.code).toBe('metadata_too_deep');
  });
});

test('whatever passes survives JSON unchanged', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary', depthSize: 'medium' }), (value) => {
      if (checkMetadata(value, 16, true)) return;
      // JSON knows no negative zero, and 0 equals it as a number.
      const json = JSON.stringify(value);
      expect(JSON.stringify(JSON.parse(json))).toBe(json);
      expect(json).not.toMatch(/\\u0000|\\ud[89a-f]/);
    }),
    { numRuns: 500 },
  );
});
