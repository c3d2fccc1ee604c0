import { expect, test } from '@jest/globals';
import { interruptible } from './interruptible.ts';

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s stops the work with a reason, and no listener is left afterwards',
  async (name) => {
    const before = process.listenerCount(name);
    const why = new Error('Stopped.');
    const ended = await interruptible(async (signal) => {
      process.emit(name);
      await Promise.resolve();
      return signal.reason as unknown;
    }, why);
    expect(ended).toBe(why);
    expect(process.listenerCount(name)).toBe(before);
  },
);
