import { expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { NotInTime, within } from './within.ts';

test('the result or the error of work that ends in time is passed on', async () => {
  expect(await within(60_000, Promise.resolve(7))).toBe(7);
  await expect(within(60_000, Promise.reject(new Error('refused')))).rejects.toThrow('refused');
});

test('work that takes too long is no longer waited for', async () => {
  const { promise } = Promise.withResolvers<undefined>();
  await expect(within(1, promise)).rejects.toThrow(NotInTime);
});

test('an error of work that nothing waits for any more is no unhandled rejection', async () => {
  const { promise, reject } = Promise.withResolvers<undefined>();
  await expect(within(1, promise)).rejects.toThrow(NotInTime);
  reject(new Error('late'));
  // An unhandled rejection would end the test process in this turn.
  await sleep(1);
});
