import { expect, test } from '@jest/globals';
import { sampleConditions } from '../../../report/sample-results.ts';
import { isMet } from '../../../report/targets.ts';
import type { Soak, SoakSample } from '../experiments/soak.ts';
import { evaluateStep } from '../knee/step.ts';
import { formatLimits } from './markdown.ts';
import { plotSoak } from './plot-soak.ts';
import { limitsTargets, type LimitsResults } from './results.ts';
import { formatSoak } from './soak.ts';

const interval = (p99: number) => ({ requests: 100, p50: 2, p99, max: 2 * p99 });
const confirmation = evaluateStep(30_000, 30_000, interval(40), []);
const growing = Array.from({ length: 20 }, (_, second) => [second, second * 5_000] as const);
const results: LimitsResults = {
  conditions: sampleConditions,
  knee: {
    rate: 30_000,
    steps: [],
    confirmations: [evaluateStep(35_000, 35_000, interval(40), growing), confirmation],
    apiBytes: 150e6,
    workerBytes: 200e6,
    redisBytes: 1,
  },
  waiting: { events: 1_000, bytesPerEvent: 367, jsonBytes: 367 },
  freezes: [10, 20, 30].map((p99) => ({
    undisturbed: interval(10),
    frozen: interval(p99),
    after: interval(50),
  })),
  sustained: {
    eventsPerSecond: 24_000,
    minutes: 10,
    latency: interval(40),
    slope: 100,
    slopeError: 10,
    maxBacklog: 5_000,
    cpu: { generator: 1e-6, api: 11e-6, redis: 5e-6, worker: 6e-6, postgres: 20e-6 },
    grows: true,
  },
};

test('each figure is compared with its own target, and growth is reported as growth', () => {
  expect(limitsTargets(results).map(isMet)).toEqual([true, false, true, true, false]);
  const text = formatLimits(results, 'make bench-limits');
  expect(text).toContain('| 2.00 (1.00–3.00) | yes |');
  expect(text).toContain('the backlog **grows**');
  expect(text).toContain('It took 43.0 µs of CPU an event (postgres 20.0, api 11.0');
  expect(text).toContain('`make bench-limits`');
});

test('a rate that no longer run held is not called the knee', () => {
  const held = formatLimits(results, '');
  expect(held).toContain('The knee is 30,000 events/s');
  expect(held).toMatch(/\| not confirmed +\|.*\n\| +confirmed +\|/);
  const tooSlow = evaluateStep(30_000, 30_000, interval(600), []);
  const knee = { ...results.knee, confirmations: [tooSlow] };
  const missed = formatLimits({ ...results, knee }, '');
  expect(missed).toContain('lies below 30,000 events/s');
  expect(missed).toMatch(/\| not confirmed +\|/);
});

test('a memory that rises is distinguished from one that varies', () => {
  const samples = Array.from({ length: 60 }, (_, index): SoakSample => {
    const sway = index % 2 === 0 ? 1e6 : -1e6;
    const seconds = index * 60;
    return {
      seconds,
      apiBytes: 100e6 + index * 1e6 + sway,
      workerBytes: 100e6 + sway,
      redisBytes: 20e6,
      postgresBytes: 50e6,
      redisUsedBytes: 10e6,
      waitingEvents: 1_000,
    };
  });
  const soak: Soak = { ...(results.sustained as Omit<Soak, 'samples'>), samples };
  const text = formatSoak(soak, sampleConditions, 'make bench-limits');
  expect(text).toMatch(/\| api, resident .*rises \|/);
  expect(text).toMatch(/\| worker, resident .*flat \|/);
  expect(plotSoak(samples)).toMatch(/^<svg.*Backlog.*<\/svg>$/s);
});
