import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { countStoredBefore } from './count-stored-before.ts';

const totals = (a: number, b = 0) =>
  new Map([
    ['a', a],
    ['b', b],
  ]);

describe('countStoredBefore', () => {
  test('what did not make the totals grow was stored before', () => {
    expect(countStoredBefore(totals(10, 5), totals(0, 5), totals(10, 5))).toBe(5);
    expect(countStoredBefore(totals(10), totals(7), totals(13))).toBe(4);
    expect(countStoredBefore(totals(10), new Map(), totals(10))).toBe(0);
  });

  test('growth by others is never counted against another account, nor below nothing', () => {
    expect(countStoredBefore(totals(10, 5), totals(0, 5), totals(99, 5))).toBe(5);
    // Retention took old events meanwhile.
    expect(countStoredBefore(totals(10), totals(50), totals(40))).toBe(10);
  });

  test('it is the number of sent events that were there, also when others had stored some', () => {
    const ids = fc.uniqueArray(fc.nat(40));
    fc.assert(
      fc.property(ids, ids, (held, sent) => {
        const before = new Set(held);
        const after = new Set([...held, ...sent]);
        const count = countStoredBefore(
          totals(sent.length),
          totals(before.size),
          totals(after.size),
        );
        expect(count).toBe(sent.filter((id) => before.has(id)).length);
      }),
    );
  });
});
