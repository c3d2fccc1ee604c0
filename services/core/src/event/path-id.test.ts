import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isDotSegment, pathIdPattern } from './path-id.ts';

test('every id but the two dot segments arrives as it is, percent-encoded in a path', () => {
  const odd = fc.string({
    unit: fc.constantFrom('.', '%', '2', 'e', 'E', '/', '\\', ' ', 'ü'),
    minLength: 1,
  });
  const id = fc.oneof(odd, fc.string({ unit: 'grapheme', minLength: 1 }));
  fc.assert(
    fc.property(id, (text) => {
      const { pathname } = new URL(`/accounts/${encodeURIComponent(text)}/summary`, 'http://h');
      const [, , segment = ''] = pathname.split('/');
      const arrives = decodeURIComponent(segment) === text;
      expect(arrives).toBe(!isDotSegment(text));
      expect(new RegExp(pathIdPattern).test(text)).toBe(arrives);
    }),
    { numRuns: 2_000, examples: [['.'], ['..'], ['%2e'], ['...'], ['.%2E']] },
  );
});
