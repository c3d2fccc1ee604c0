import { describe, expect, test } from '@jest/globals';
import { awaitSettled, type SettleSettings } from './await-settled.ts';

/** Waits with a server that holds so many events, reading by reading; the last number stays. */
function settle(held: (number | undefined)[], changed: Partial<SettleSettings> = {}) {
  let reading = 0;
  return awaitSettled({
    read: () => {
      const total = held[Math.min(reading++, held.length - 1)];
      return Promise.resolve(total === undefined ? undefined : new Map([['a', total]]));
    },
    isFull: () => false,
    isSampleStored: () => Promise.resolve(true),
    settleMs: 1,
    maxWaitMs: 10_000,
    signal: new AbortController().signal,
    ...changed,
  });
}

describe('awaitSettled', () => {
  test('totals that hold everything are taken at once, however short the time', async () => {
    const found = await settle([5], { isFull: () => true, maxWaitMs: 0 });
    expect(found?.get('a')).toBe(5);
  });

  test('totals that still grow are not taken, nor those that could not be read', async () => {
    expect((await settle([1, 2, undefined, 4, 7, 7]))?.get('a')).toBe(7);
  });

  test('totals that stay the same are not taken while an event waits in the queue', async () => {
    let asked = 0;
    const isSampleStored = () => Promise.resolve(++asked >= 3);
    expect((await settle([1, 1, 1, 1, 9], { isSampleStored }))?.get('a')).toBe(9);
  });

  test('what does not settle in time is not known', async () => {
    const isSampleStored = () => Promise.resolve(false);
    expect(await settle([1], { isSampleStored, maxWaitMs: 20 })).toBeUndefined();
    expect(await settle([1], { maxWaitMs: 0 })).toBeUndefined();
  });
});
