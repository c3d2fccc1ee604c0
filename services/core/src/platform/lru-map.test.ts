import { expect, test } from '@jest/globals';
import { LruMap } from './lru-map.ts';

test('what was used last stays, and only the one unused for longest goes', () => {
  const map = new LruMap<string, number>(3);
  for (const [index, name] of ['a', 'b', 'c'].entries()) map.set(name, index);
  expect(map.get('a')).toBe(0);
  map.set('d', 3);
  expect(['a', 'b', 'c', 'd'].map((name) => map.get(name))).toEqual([0, undefined, 2, 3]);
  map.set('a', 9);
  map.set('e', 4);
  expect(['a', 'c', 'e'].map((name) => map.get(name))).toEqual([9, undefined, 4]);
});

test('it never holds more than it may, and loses one at a time', () => {
  const map = new LruMap<number, number>(100);
  for (let key = 0; key < 1_000; key += 1) {
    map.set(key, key);
    expect(map.size).toBe(Math.min(key + 1, 100));
  }
});
