import { afterAll, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BenchResults } from './report/results.ts';

const run = promisify(execFile);
const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const outDir = mkdtempSync(join(tmpdir(), 'event-platform-bench-test-'));
afterAll(() => rmSync(outDir, { recursive: true, force: true }));

const bench = (...args: string[]) => run(process.execPath, ['--no-warnings', main, ...args]);

test('one quick round measures the system against COPY and says under which conditions', async () => {
  await bench('--quick', '--only', 'C,S10', '--connections', '8', '--out', outDir);
  const results = JSON.parse(readFileSync(join(outDir, 'bench.json'), 'utf8')) as BenchResults;
  expect(Object.keys(results.rates)).toEqual(['C', 'S10']);
  for (const { median, unit } of Object.values(results.rates)) {
    expect(median).toBeGreaterThan(0);
    expect(unit).toBe('rows/s');
  }
  expect(results.rates['S10']?.underLoad?.median).toBeGreaterThan(0);
  expect(results.ratios['S10_C']?.median).toBeGreaterThan(0);
  expect(results.conditions).toMatchObject({
    rounds: 1,
    connections: 8,
    partitions: 8,
    postgres: { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' },
    redis: { appendonly: 'yes', appendfsync: 'everysec' },
  });
  expect(readFileSync(join(outDir, 'bench.md'), 'utf8')).toContain('S10 ÷ C');
}, 120_000);

test('posts at a given rate come no faster, and are counted row by row', async () => {
  await bench('--quick', '--only', 'P1', '--out', outDir);
  const results = JSON.parse(readFileSync(join(outDir, 'bench.json'), 'utf8')) as BenchResults;
  expect(results.rates['P1']?.median).toBeGreaterThan(0);
  // A closed loop is faster on any machine.
  expect(results.rates['P1']?.median).toBeLessThan(1_100);
}, 120_000);

test('a baseline that does not exist is refused before anything starts', async () => {
  await expect(bench('--only', 'C,X9')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no X9'),
  });
});

test('the help names every baseline', async () => {
  const { stdout } = await bench('--help');
  for (const name of [
    'C ',
    'W ',
    'R ',
    'H1 ',
    'N ',
    'B ',
    'S1000 ',
    'S100-keys ',
    'S100-writer1 ',
    'P1-age10 ',
  ]) {
    expect(stdout).toContain(`  ${name}`);
  }
});
