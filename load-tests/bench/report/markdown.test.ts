import { expect, test } from '@jest/globals';
import { formatMarkdown } from './markdown.ts';
import { sampleResults } from './sample-results.ts';

const markdown = formatMarkdown(sampleResults());
const tables = markdown.split('\n\n').filter((part) => part.startsWith('|'));

test('every row of a table has as many cells as its head', () => {
  expect(tables).toHaveLength(3);
  for (const table of tables) {
    const cells = table.split('\n').map((line) => line.split('|').length);
    expect(new Set(cells).size).toBe(1);
  }
});

test('every rate, ratio and condition is shown', () => {
  expect(markdown).toContain('| S100 | about S100 | 80 | 50–100 | 40 | 160 | 1.0 / 9.0 |');
  expect(markdown).toContain('| S100 ÷ C | 0.40 | 0.25–0.50 |');
  expect(markdown).toContain('| S100 under load ÷ C | 0.20 | 0.13–0.25 |');
  expect(markdown).toContain('PostgreSQL: server_version 18.4, fsync on');
});

test('the ceiling is what all cores could do at the CPU that an event costs', () => {
  expect(markdown).toMatch(/\| C \| .* \| 0\.0200 \| 100,000 \| 0 % \| 0\.50 \|/);
});

test('without CPU figures the table of CPU is left out', () => {
  const results = sampleResults();
  for (const rate of Object.values(results.rates)) delete rate.cpuPer1000;
  expect(formatMarkdown(results)).not.toContain('CPU-seconds');
});
