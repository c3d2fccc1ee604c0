import { describe, expect, test } from '@jest/globals';
import { compareCounts } from './compare-counts.ts';
import type { AccountCounts } from './file-tally.ts';

const none = { types: 0, count: 0 };
const sent: AccountCounts = {
  total: 3,
  by_type: { a: 2, b: 1 },
  other_types: none,
  top_users: [
    { user_id: 'u', count: 2 },
    { user_id: 'v', count: 1 },
  ],
};

describe('compareCounts', () => {
  test('equal counts are good, exactly or not', () => {
    for (const isExact of [true, false]) {
      expect(compareCounts(sent, structuredClone(sent), isExact)).toEqual({
        sent: 3,
        stored: 3,
        types: 'yes',
        users: 'yes',
        isGood: true,
      });
    }
  });

  test('a missing event is never good', () => {
    const stored = { ...sent, total: 2, by_type: { a: 1, b: 1 } };
    expect(compareCounts(sent, stored, false)).toMatchObject({ types: 'no', isGood: false });
  });

  test('the same total with other types or users is not good', () => {
    const types = compareCounts(sent, { ...sent, by_type: { a: 1, b: 2 } }, false);
    expect(types).toMatchObject({ types: 'no', users: 'yes', isGood: false });
    const users = compareCounts(sent, { ...sent, top_users: sent.top_users.toReversed() }, false);
    expect(users).toMatchObject({ types: 'yes', users: 'no', isGood: false });
  });

  test('other events beside the file are good unless exactness is asked', () => {
    const stored: AccountCounts = {
      total: 10,
      by_type: { a: 2, b: 2, c: 6 },
      other_types: none,
      top_users: [
        { user_id: 'w', count: 5 },
        { user_id: 'u', count: 3 },
        { user_id: 'v', count: 2 },
      ],
    };
    expect(compareCounts(sent, stored, false)).toMatchObject({
      types: 'more',
      users: 'more',
      isGood: true,
    });
    expect(compareCounts(sent, stored, true)).toMatchObject({ isGood: false });
  });

  test('other events do not hide a missing type or a user with too few', () => {
    const stored = { ...sent, total: 9, by_type: { a: 9 } };
    expect(compareCounts(sent, stored, false)).toMatchObject({ types: 'no', isGood: false });
    const users = {
      ...sent,
      total: 9,
      by_type: { a: 8, b: 1 },
      top_users: [{ user_id: 'u', count: 1 }],
    };
    expect(compareCounts(sent, users, false)).toMatchObject({ users: 'no', isGood: false });
  });

  test('types that the server does not list are compared by their number and sum', () => {
    const stored = { ...sent, by_type: { a: 2 }, other_types: { types: 1, count: 1 } };
    expect(compareCounts(sent, stored, true)).toMatchObject({ types: 'yes', isGood: true });
    for (const other_types of [none, { types: 2, count: 1 }, { types: 1, count: 2 }]) {
      expect(compareCounts(sent, { ...stored, other_types }, true).types).toBe('no');
    }
    const more = { ...stored, total: 9, by_type: { c: 6 }, other_types: { types: 2, count: 3 } };
    expect(compareCounts(sent, more, false)).toMatchObject({ types: 'more', isGood: true });
    const fewer = { ...more, by_type: { c: 7 }, other_types: { types: 2, count: 2 } };
    expect(compareCounts(sent, fewer, false)).toMatchObject({ types: 'no', isGood: false });
  });

  test('a type named like a member of every object is not found where it is not', () => {
    const odd = { total: 1, by_type: { toString: 1 }, other_types: none, top_users: [] };
    const stored = { total: 5, by_type: { other: 5 }, other_types: none, top_users: [] };
    expect(compareCounts(odd, stored, false).types).toBe('no');
  });
});
