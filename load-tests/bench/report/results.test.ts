import { expect, test } from '@jest/globals';
import { sampleConditions, sampleResults, sampleRun } from './sample-results.ts';
import { summarise } from './results.ts';

test('a rate is the median of the rounds, with its range and every run', () => {
  const { rates } = sampleResults();
  expect(rates['C']).toMatchObject({ median: 200, min: 100, max: 400, runs: [100, 200, 400] });
  expect(rates['S100']).toMatchObject({
    underLoad: { median: 40, min: 25, max: 50 },
    accepted: { median: 160 },
    latencyMs: { p50: 1, p99: 9 },
  });
});

test('ratios are of the same round, durable and under load, each variant against S100', () => {
  const { ratios } = sampleResults();
  expect(ratios).toEqual({
    S100_C: { median: 0.4, min: 0.25, max: 0.5 },
    S100_C_underLoad: { median: 0.2, min: 0.125, max: 0.25 },
    'S100-hot_S100': { median: 0.5, min: 0.5, max: 0.5 },
  });
});

test('CPU is given for a thousand events, by group and in all', () => {
  const { rates } = sampleResults();
  expect(rates['C']?.cpuPer1000?.postgres).toBeCloseTo(0.02);
  expect(rates['C']?.cpuPer1000?.total).toBeCloseTo(0.02);
  expect(rates['C']?.othersCores).toEqual({ median: 0.5, min: 0.5, max: 0.5 });
});

test('CPU is left out where the system does not measure it', () => {
  const baseline = { name: 'C', description: '', unit: 'rows/s' } as const;
  const runs = [sampleRun(10, { cpu: undefined })];
  const { rates } = summarise(sampleConditions, [{ baseline, runs }]);
  expect(rates['C']).not.toHaveProperty('cpuPer1000');
});

test('H is another name for H100', () => {
  const baseline = { name: 'H100', description: '', unit: 'events/s' } as const;
  const { rates } = summarise(sampleConditions, [{ baseline, runs: [sampleRun(10)] }]);
  expect(rates['H']).toEqual(rates['H100']);
});
