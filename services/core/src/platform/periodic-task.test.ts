import { expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { PeriodicTask } from './periodic-task.ts';

test('runs are repeated, and none starts during another', async () => {
  let running = 0;
  let most = 0;
  let done = 0;
  const task = new PeriodicTask(async () => {
    most = Math.max(most, ++running);
    await sleep(5);
    running--;
    done++;
  }, 1);
  task.start();
  await eventually(() => done >= 3);
  await task.stop();
  const atStop = done;
  await sleep(20);
  expect({ most, running, done }).toEqual({ most: 1, running: 0, done: atStop });
});

test('a call during a run resolves with the end of that run, and starts no other', async () => {
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

test('work that returns no promise is repeated as well, and `now` restarts the pause', async () => {
  let runs = 0;
  const task = new PeriodicTask(() => {
    runs++;
  }, 1);
  await task.now();
  expect(runs).toBe(1);
  task.start();
  await eventually(() => runs >= 3);
  await task.stop();
});
