import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLabelGuard } from './label-guard.ts';

test('the first values keep their names for ever, all later ones are "other"', () => {
  const guard = createLabelGuard(2);
  expect(['a', 'b', 'c', 'a', 'd', 'b'].map(guard)).toEqual(['a', 'b', 'other', 'a', 'other', 'b']);
});

test('with no room every value is "other"', () => {
  expect(createLabelGuard(0)('a')).toBe('other');
});

test('whatever comes, no more labels than the limit and "other" ever leave', () => {
  fc.assert(
    fc.property(fc.nat({ max: 20 }), fc.array(fc.string()), (max, values) => {
      const labels = new Set(values.map(createLabelGuard(max)));
      labels.delete('other');
      expect(labels.size).toBeLessThanOrEqual(max);
    }),
  );
});
