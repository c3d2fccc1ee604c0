import type { RunResult } from '../lab/baseline.ts';
import type { Conditions } from './conditions.ts';
import { summarise, type BenchResults } from './results.ts';

/** Conditions for tests of what is made of them. */
export const sampleConditions: Conditions = {
  at: '2026-11-23T12:00:00.000Z',
  cores: 2,
  processor: 'test',
  memoryGiB: 8,
  kernel: 'Linux 6',
  loadAverageBefore: 0.1,
  dataFilesystem: 'disk',
  node: 'v24.21.0',
  express: '5.3.0',
  bullmq: '6.7.0',
  postgres: { server_version: '18.4', fsync: 'on' },
  redis: { redis_version: '8.0.0', appendonly: 'yes' },
  indexes: ['CREATE INDEX one', 'CREATE INDEX two'],
  partitions: 8,
  bytes: { post: 367, row: 358, copyLine: 317, metadata: 196 },
  accounts: 20,
  users: 10_000,
  types: 5,
  timestampSpreadSeconds: 180,
  connections: 64,
  rounds: 3,
  secondsPerRun: 4,
};

/** A run at so many events a second, for 2 s, at 20 µs of PostgreSQL an event. */
export function sampleRun(rate: number, more: Partial<RunResult> = {}): RunResult {
  const cpu = { generator: 0, api: 0, redis: 0, worker: 0, postgres: rate * 2 * 20e-6, others: 1 };
  return { events: rate * 2, seconds: 2, cpu, ...more };
}

/** Three rounds of C and S100, and S100's duplicates. */
export function sampleResults(): BenchResults {
  const baseline = (name: string) =>
    ({ name, description: `about ${name}`, unit: 'rows/s' }) as const;
  const latencyMs = { p50: 1, p99: 9, max: 99 };
  const more = (rate: number) => ({ underLoad: rate / 2, accepted: rate * 2, latencyMs });
  return summarise(sampleConditions, [
    { baseline: baseline('C'), runs: [100, 200, 400].map((rate) => sampleRun(rate)) },
    {
      baseline: baseline('S100'),
      runs: [50, 80, 100].map((rate) => sampleRun(rate, more(rate))),
    },
    { baseline: baseline('S100-hot'), runs: [25, 40, 50].map((rate) => sampleRun(rate)) },
  ]);
}
