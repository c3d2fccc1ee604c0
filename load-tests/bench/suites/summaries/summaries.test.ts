import { expect, test } from '@jest/globals';
import { isMet } from '../../report/targets.ts';
import { summariesTargets } from './format-summaries.ts';
import type { SummaryFigures } from './measure.ts';

const figures: SummaryFigures = {
  events: 1_000_000,
  unfolded: { whole: 350, types: 10, users: 340 },
  rolledUp: { whole: 59, types: 10, users: 49 },
  userRollUps: { windows: 23, p50: 40 },
  cached: { p50: 0.5, p99: 4.9 },
  together: { readers: 1_000, slowest: 400, refused: 0, queries: 1 },
};

test('each figure is held against its own target, a larger account against a larger one', () => {
  const larger = { ...figures, events: 10_000_000, rolledUp: { ...figures.rolledUp, whole: 299 } };
  const slow = { ...figures, rolledUp: { ...figures.rolledUp, whole: 61 } };
  for (const met of [figures, larger]) {
    expect(summariesTargets([met]).map(isMet)).toEqual([true, true, true]);
  }
  expect(summariesTargets([slow]).map(isMet)).toEqual([false, true, true]);
});

test('a count that failed is not reported as met', () => {
  const without = { ...figures, together: { ...figures.together, queries: 0 } };
  expect(summariesTargets([without]).map(isMet)).toEqual([true, true, undefined]);
});
