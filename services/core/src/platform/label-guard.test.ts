import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLabelGuard, createPairGuard } from './label-guard.ts';

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

test('a pair whose account or type has no label of its own still counts under the other', () => {
  const guard = createPairGuard(1, 10_000);
  expect(guard('a', 'x')).toEqual({ account_id: 'a', type: 'x' });
  expect(guard('a', 'y')).toEqual({ account_id: 'a', type: 'other' });
  expect(guard('b', 'x')).toEqual({ account_id: 'other', type: 'x' });
  expect(guard('b', 'z')).toEqual({ account_id: 'other', type: 'other' });
});

test('when the room is used up new pairs are "other", and known ones keep their names', () => {
  const guard = createPairGuard(100, 150);
  expect(guard('a', 'x')).toEqual({ account_id: 'a', type: 'x' });
  expect(guard('b'.repeat(100), 'x')).toEqual({ account_id: 'other', type: 'other' });
  expect(guard('a', 'x')).toEqual({ account_id: 'a', type: 'x' });
});
