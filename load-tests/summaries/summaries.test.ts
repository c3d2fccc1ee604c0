import { expect, test } from '@jest/globals';
import { isMet } from '../bench/report/targets.ts';
import { summariesTargets } from './format-summaries.ts';
import type { SummaryFigures } from './measure.ts';

const figures: SummaryFigures = {
  events: 1_000_000,
  uncached: { whole: 350, types: 59, users: 301 },
  cached: { p50: 0.5, p99: 4.9 },
  together: { readers: 1_000, slowest: 400, refused: 0, queries: 1 },
};

test('each figure is held against its own target', () => {
  expect(summariesTargets([figures]).map(isMet)).toEqual([true, false, true, true]);
});

test('a part that the statement lacks, and a count that failed, are not told as met', () => {
  const without: SummaryFigures = {
    ...figures,
    uncached: { whole: 350, types: undefined, users: 1 },
    together: { ...figures.together, queries: 0 },
  };
  expect(summariesTargets([without]).map(isMet)).toEqual([undefined, true, true, undefined]);
});
