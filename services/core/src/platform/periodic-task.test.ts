import { expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { PeriodicTask } from './periodic-task.ts';

test('rounds come again and again, and none begins while another is under way', async () => {
  let underWay = 0;
  let most = 0;
  let done = 0;
  const task = new PeriodicTask(async () => {
    most = Math.max(most, ++underWay);
    await sleep(5);
    underWay--;
    done++;
  }, 1);
  task.start();
  await eventually(() => done >= 3);
  await task.stop();
  const atTheEnd = done;
  await sleep(20);
  expect({ most, underWay, done }).toEqual({ most: 1, underWay: 0, done: atTheEnd });
});

test('whoever asks during a round gets the end of that round', async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  let begun = 0;
  const task = new PeriodicTask(async () => {
    begun++;
    await promise;
  }, 60_000);
  const both = Promise.all([task.now(), task.now()]);
  resolve(undefined);
  await both;
  expect(begun).toBe(1);
  await task.now();
  expect(begun).toBe(2);
});
