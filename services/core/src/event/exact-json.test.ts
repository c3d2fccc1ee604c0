import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseExactJson } from './exact-json.ts';

describe('JSON is parsed to what it says', () => {
  test.each([
    ['{"a":1,"\\\\":2}', '{"a":1,"\\t":2}'],
    ['{"b\\\\":1}', '{"b\\n":1}'],
    ['{"c":{"\\\\u":1}}', '{"c":{"\\\\\\"":1}}'],
  ])('after %s too: %s', (before, text) => {
    JSON.parse(before);
    expect(JSON.stringify(parseExactJson(text))).toBe(text);
  });

  test('with escaped keys of every kind, in order, the last of two that are equal', () => {
    const text =
      '{"\\u0041":1, "b" : {"\\"" : [{"\\/":2}]},"A":3,"__proto__":{"\\\\":4},"v":"\\":"}';
    const value = parseExactJson(text) as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(['A', 'b', '__proto__', 'v']);
    expect(JSON.stringify(value)).toBe(
      '{"A":3,"b":{"\\"":[{"/":2}]},"__proto__":{"\\\\":4},"v":"\\":"}',
    );
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  test('whatever was parsed before', () => {
    const key = fc.string({ unit: fc.constantFrom('\\', '"', '\t', '\n', 'a', '/', '\u2028') });
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(1, 'x\\"y', null, true),
        fc.array(tie('any')),
        fc.dictionary(key, tie('any')),
      ),
    })).any;
    fc.assert(
      fc.property(fc.array(value), (values) => {
        for (const one of values) {
          const text = JSON.stringify(one);
          expect(JSON.stringify(parseExactJson(text))).toBe(text);
        }
      }),
    );
  });

  test.each(['{"a\\":1', '"\\', '\\', '{"\\x":1}', '{"\\u12":1}', '{"a":"\\"}', '[\\]'])(
    'and %s is refused',
    (text) => {
      expect(() => parseExactJson(text)).toThrow(SyntaxError);
    },
  );

  test('a nesting of 30,000 levels with an escaped key is parsed', () => {
    const text = `${'['.repeat(30_000)}{"\\n":1}${']'.repeat(30_000)}`;
    expect(() => parseExactJson(text)).not.toThrow();
  });
});
