import { expect, test } from '@jest/globals';
import { runShutdown } from './lifecycle.ts';
import { createLogger } from './logger.ts';

const silent = createLogger('test', 'silent');

test('the steps run one after the other, in their order', async () => {
  const order: string[] = [];
  const step = (name: string) => ({
    name,
    run: async () => {
      order.push(`${name} begins`);
      await Promise.resolve();
      order.push(`${name} ends`);
    },
  });
  expect(await runShutdown([step('a'), step('b')], 1_000, silent)).toBe(true);
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});

test('a step that fails does not keep the next from running, but the shutdown is not clean', async () => {
  const ran: string[] = [];
  const failing = {
    name: 'failing',
    run: () => {
      throw new Error('broken');
    },
  };
  const rejecting = { name: 'rejecting', run: () => Promise.reject(new Error('broken')) };
  const last = { name: 'last', run: () => void ran.push('last') };
  expect(await runShutdown([failing, rejecting, last], 1_000, silent)).toBe(false);
  expect(ran).toEqual(['last']);
});

test('the deadline ends a shutdown whose step hangs', async () => {
  const hanging = { name: 'hanging', run: () => new Promise<void>(() => undefined) };
  expect(await runShutdown([hanging], 20, silent)).toBe(false);
});
