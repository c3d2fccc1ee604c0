import { expect, test } from '@jest/globals';
import { interruptible } from './interruptible.ts';

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s tells the work to stop, and why, and nothing listens for it afterwards',
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
