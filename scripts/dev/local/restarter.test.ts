import { expect, test } from '@jest/globals';
import { createRestarter } from './restarter.ts';

test('a part that does not start at once is tried again until it does', async () => {
  let tries = 0;
  const said: string[] = [];
  const restart = createRestarter({
    startOne: () => (++tries < 3 ? Promise.reject(new Error('port taken')) : Promise.resolve()),
    say: (message) => said.push(message),
    signal: new AbortController().signal,
  });
  await restart('redis');
  expect(tries).toBe(3);
  expect(said[0]).toContain('Redis does not start again: Error: port taken');
});

test('nothing is started again once a stop was asked for', async () => {
  const controller = new AbortController();
  let tries = 0;
  const restart = createRestarter({
    startOne: () => {
      tries++;
      return Promise.resolve();
    },
    say: () => undefined,
    signal: controller.signal,
  });
  const restarting = restart('worker');
  controller.abort();
  await restarting;
  expect(tries).toBe(0);
});
