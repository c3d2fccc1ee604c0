import { expect, test } from '@jest/globals';
import { sampleConditions, sampleRun } from '../../report/sample-results.ts';
import { summarise } from '../../report/results.ts';
import { growthAxes, powersOfTen } from './axes.ts';
import { formatGrowth } from './format-growth.ts';

test('an axis goes by tens and ends exactly at the given value', () => {
  expect(powersOfTen(10, 1_000)).toEqual([10, 100, 1_000]);
  expect(powersOfTen(10, 2_000)).toEqual([10, 100, 1_000, 2_000]);
  expect(powersOfTen(10, 5)).toEqual([10]);
});

test('each point is held against the first of its axis, in the same round', () => {
  const axes = growthAxes({ rows: 100_000, accounts: 10, workers: 1 });
  const measured = axes.flatMap(({ points }) =>
    points.map(({ value, baseline }) => ({
      baseline,
      runs: [sampleRun(value === 100_000 ? 50 : 100), sampleRun(value === 100_000 ? 80 : 200)],
    })),
  );
  const text = formatGrowth(summarise(sampleConditions, measured), axes, 'make bench-growth');
  expect(text).toMatch(/\| 10,000 \| 150 \| 1.00 \| 20.0 \| 1.00 \|/);
  expect(text).toMatch(/\| 100,000 \| 65 \| 0.45 \(0.40–0.50\) \| 20.0 \| 1.00 \|/);
});
