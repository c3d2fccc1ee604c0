import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createJobSlots } from './job-slots.ts';

const limits = { max: { events: 6_000, bytes: 24_000_000 }, minJobs: 3, maxJobs: 200 };

/** Jobs whose bytes do not matter. */
const of = (events: number) => ({ events, bytes: events });
/** Jobs whose events do not matter. */
const large = (bytes: number) => ({ events: 1, bytes });

function holding() {
  let slots = limits.minJobs;
  const { took, gave } = createJobSlots({ ...limits, setSlots: (jobs) => (slots = jobs) });
  return { took, gave, slots: () => slots };
}

test('large jobs take few slots, small ones many, within the bounds', () => {
  for (const [size, expected] of [
    [1, 200],
    [100, 60],
    [1_000, 6],
    [5_000, 3],
  ] as const) {
    const { took, slots } = holding();
    for (let job = 0; job < 3; job++) took(of(size));
    expect(slots()).toBe(expected);
  }
});

test('many small jobs among large ones make no room for more large ones', () => {
  const { took, slots } = holding();
  for (let job = 0; job < 30; job++) took(of(100));
  for (let job = 0; job < 20; job++) took(of(1));
  // 2,980 events are left: 29 jobs of 100, and a few more as the memory of those fades.
  expect(slots()).toBeGreaterThanOrEqual(50 + 29);
  expect(slots()).toBeLessThanOrEqual(50 + 45);
});

test('large jobs of long ago do not keep small ones waiting', () => {
  const { took, gave, slots } = holding();
  took(of(1_000));
  for (let job = 0; job < 400; job++) {
    took(of(1));
    gave(of(1));
  }
  expect(slots()).toBe(200);
});

test('jobs of one size never hold more events than wanted, unless the least number of jobs does', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3_000 }),
      fc.array(fc.boolean(), { maxLength: 500 }),
      (size, steps) => {
        const { took, gave, slots } = holding();
        let held = 0;
        for (const isTaken of steps) {
          if (isTaken && held < slots()) {
            held++;
            took(of(size));
          } else if (!isTaken && held > 0) {
            held--;
            gave(of(size));
          }
          expect(held * size).toBeLessThanOrEqual(
            Math.max(limits.max.events, limits.minJobs * size),
          );
        }
      },
    ),
  );
});

test('jobs of few events and many bytes take as few slots as their bytes ask for', () => {
  for (const [bytes, expected] of [
    [30_000, 200],
    [500_000, 48],
    [9_800_000, 3],
  ] as const) {
    const { took, slots } = holding();
    for (let job = 0; job < 3; job++) took(large(bytes));
    expect(slots()).toBe(expected);
  }
});

test('what was given back counts no longer, in bytes as in events', () => {
  const { took, gave, slots } = holding();
  for (let job = 0; job < 48; job++) took(large(500_000));
  expect(slots()).toBe(48);
  for (let job = 0; job < 8; job++) gave(large(500_000));
  expect(slots()).toBe(48);
  for (let job = 0; job < 40; job++) gave(large(500_000));
  expect(slots()).toBe(48);
});
