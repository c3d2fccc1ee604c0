import { expect, test } from '@jest/globals';
import { createJobSlots } from './job-slots.ts';

function slotsOf(limits: { maxEvents: number; minJobs: number; maxJobs: number }) {
  let slots = limits.minJobs;
  const { took, gave } = createJobSlots({ ...limits, setSlots: (jobs) => (slots = jobs) });
  return { took, gave, slots: () => slots };
}

const limits = { maxEvents: 6_000, minJobs: 3, maxJobs: 200 };

test('large jobs take few slots, small ones many, within the bounds', () => {
  for (const [size, expected] of [
    [1, 200],
    [100, 60],
    [1_000, 6],
    [5_000, 3],
  ] as const) {
    const { took, slots } = slotsOf(limits);
    for (let job = 0; job < 5; job++) took(size);
    expect(slots()).toBe(expected);
  }
});

test('jobs of mixed size count by their mean, as they come and go', () => {
  const { took, gave, slots } = slotsOf(limits);
  took(100);
  took(300);
  expect(slots()).toBe(30);
  gave(300);
  expect(slots()).toBe(60);
});

test('an idle worker keeps the slots that fitted last', () => {
  const { took, gave, slots } = slotsOf(limits);
  took(100);
  gave(100);
  expect(slots()).toBe(60);
});
