import { expect, test } from '@jest/globals';
import { eventually } from './eventually.ts';

const quickly = { timeoutMs: 60, intervalMs: 5 };

test('what comes later is waited for and returned', async () => {
  let calls = 0;
  expect(await eventually(() => ++calls > 3 && calls, quickly)).toBe(4);
});

test('a block of expectations passes when none of them throws any more', async () => {
  let calls = 0;
  await eventually(() => {
    expect(++calls).toBeGreaterThan(2);
  }, quickly);
  expect(calls).toBe(3);
});

test('the error says what was waited for, and how the last try failed', async () => {
  const describe = 'the queue to drain';
  const fail = (): never => {
    throw new Error('7 jobs wait');
  };
  await expect(eventually(fail, { ...quickly, describe })).rejects.toThrow(
    'Waited 60 ms in vain for the queue to drain. Last time: 7 jobs wait',
  );
  await expect(eventually(() => false, quickly)).rejects.toThrow(/it returned false/);
});
