import { expect, test } from '@jest/globals';
import { sampleConditions, sampleRun } from './sample-results.ts';
import { summarise } from './results.ts';
import { formatSections } from './sections.ts';
import { formatTargets, isMet, type Target } from './targets.ts';

const baseline = (name: string) =>
  ({ name, description: `about ${name}`, unit: 'rows/s' }) as const;
const measured = (name: string, ...rates: number[]) => ({
  baseline: baseline(name),
  runs: rates.map((rate) => sampleRun(rate)),
});

test('a section names its command, and each of its targets with figure, range and result', () => {
  const results = summarise(sampleConditions, [
    measured('C', 100, 100, 100),
    measured('W', 80, 76, 90),
    measured('S100', 30, 20, 50),
  ]);
  const baselines = [{ name: 'C' }, { name: 'W' }, { name: 'S100' }];
  const parts = formatSections(results, [{ name: 'bench', baselines }], 'make bench');
  expect(parts['bench']).toContain('Made by `make bench`');
  expect(parts['bench']).toMatch(/W ÷ C,.*\| ≥ 0.75 \| 0.80 \(0.76–0.90\) \| yes \|/);
  expect(parts['bench']).toMatch(/S100 ÷ C,.*\| ≥ 0.40 \| 0.30 \(0.20–0.50\) \| \*\*no\*\* \|/);
  expect(parts['bench']).toContain('µs of CPU an event');
  expect(parts['bench']).not.toContain('S1 ÷ N');
});

test('a target that was not measured is neither met nor missed', () => {
  const target: Target = { name: 'a', isAtLeast: false, wanted: 2, measured: undefined };
  expect(isMet(target)).toBeUndefined();
  expect(isMet({ ...target, measured: 2 })).toBe(true);
  expect(isMet({ ...target, measured: 2.01 })).toBe(false);
  expect(isMet({ ...target, measured: NaN })).toBeUndefined();
  expect(formatTargets([target])).toContain('| a | ≤ 2.00 | – | not measured |');
});
