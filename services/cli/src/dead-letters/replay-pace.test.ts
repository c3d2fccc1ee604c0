import { expect, test } from '@jest/globals';
import { createReplayPace, type ReplayPaceOptions } from './replay-pace.ts';

/** A pace on a clock that only sleeping moves; timers may end a little early, as those of Node.js do. */
function paceOf(options: Partial<ReplayPaceOptions>, earlyMs = 0) {
  const clock = { ms: 0 };
  const pace = createReplayPace({
    eventsPerSecond: 100,
    maxLiveJobs: 10,
    signal: new AbortController().signal,
    now: () => clock.ms,
    sleep(ms) {
      clock.ms += ms - earlyMs;
      return Promise.resolve();
    },
    ...options,
  });
  return { pace, clock };
}

test.each([0, 1])(
  'no dead letter is replayed while too many live jobs wait, also with timers that end %i ms early',
  async (earlyMs) => {
    const waiting = [40, 30, 11, 10];
    let polls = 0;
    const liveJobs = () => Promise.resolve(waiting[polls++] ?? 0);
    const { pace } = paceOf({ liveJobs }, earlyMs);
    await pace.turn();
    expect(polls).toBe(4);
    expect(pace.ahead()).toBe(0);
  },
);

test('dead letters are replayed at the given rate, and a wait is not made up for', async () => {
  const { pace, clock } = paceOf({});
  for (let deadLetter = 0; deadLetter < 11; deadLetter++) await pace.turn();
  expect(clock.ms).toBe(100);
  clock.ms += 5_000;
  await pace.turn();
  await pace.turn();
  expect(clock.ms).toBe(5_110);
});

test('an interruption ends the wait for live jobs', async () => {
  const stop = new AbortController();
  const liveJobs = () => {
    stop.abort();
    return Promise.resolve(1_000);
  };
  const { pace } = paceOf({ liveJobs, signal: stop.signal });
  await pace.turn();
  expect(pace.ahead()).toBe(1_000);
});
