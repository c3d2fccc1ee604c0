import { expect, test } from '@jest/globals';
import { eventually } from './eventually.ts';

const intervalMs = 5;
// Only where the check never passes: a busy machine can sleep through 60 ms before the third try.
const inVain = { timeoutMs: 60, intervalMs };

test('what comes later is waited for and returned', async () => {
  let calls = 0;
  expect(await eventually(() => ++calls > 3 && calls, { intervalMs })).toBe(4);
});

test('a block of expectations passes when none of them throws any more', async () => {
  let calls = 0;
  await eventually(
    () => {
      expect(++calls).toBeGreaterThan(2);
    },
    { intervalMs },
  );
  expect(calls).toBe(3);
});

test('the error says what was waited for, and how the last try failed', async () => {
  const describe = 'the queue to drain';
  const fail = (): never => {
    throw new Error('7 jobs wait');
  };
  await expect(eventually(fail, { ...inVain, describe })).rejects.toThrow(
    'Waited 60 ms in vain for the queue to drain. Last time: 7 jobs wait',
  );
  await expect(eventually(() => false, inVain)).rejects.toThrow(/it returned false/);
});
