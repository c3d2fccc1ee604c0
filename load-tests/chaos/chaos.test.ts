import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { catalogue } from './scenarios/catalogue.ts';
import type { RunRecord } from './run/run-record.ts';
import { planRuns, runAll } from './run/run-all.ts';
import { makeChaosDirectory, removeChaosDirectory } from './harness/chaos-directory.ts';
import { PostgresTemplate } from './harness/template.ts';

// The short form of `make chaos`: real processes, killed and cut off under load.

const names = ['kill-all', 'deaf-worker-postgres', 'postgresql-restart-mid-commit'];
const records = new Map<string, RunRecord>();
const dir = makeChaosDirectory();

beforeAll(async () => {
  await runAll({
    dir,
    template: await PostgresTemplate.make(dir),
    scenarios: catalogue.filter(({ name }) => names.includes(name)),
    seed: 1,
    rounds: 1,
    lanes: 3,
    rate: 100,
    beforeMs: 2_500,
    keepIn: join(dir, 'kept'),
    signal: new AbortController().signal,
    onRun: (record) => void records.set(record.name, record),
  });
}, 240_000);
afterAll(() => removeChaosDirectory(dir));

describe('nothing accepted is lost, doubled or altered, and it goes on by itself', () => {
  test.each([
    ['after api, worker, Redis and PostgreSQL were killed at once, twice', 'kill-all'],
    ['after the worker did not hear what PostgreSQL had committed', 'deaf-worker-postgres'],
    ['after PostgreSQL ended in the middle of COMMITs', 'postgresql-restart-mid-commit'],
  ])('%s', (...[, name]) => {
    const record = records.get(name);
    expect(record?.problems).toEqual([]);
    expect(record?.stored).toBeGreaterThan(300);
    expect(record).toMatchObject({ lost: 0, doubled: 0, altered: 0 });
  });
});

describe('the plan', () => {
  const plan = (seed: number, scenarios = catalogue) =>
    planRuns(scenarios, seed, 2).map(({ scenario, seed: own }) => `${scenario.name} ${own}`);

  test('holds every scenario once a round, in an order by the seed', () => {
    expect(plan(1)).toEqual(plan(1));
    expect(plan(1)).not.toEqual(plan(2));
    const round = plan(1).slice(0, catalogue.length);
    expect(new Set(round.map((run) => run.split(' ')[0])).size).toBe(catalogue.length);
  });

  test('gives a run the same seed when it is run alone', () => {
    const [one] = catalogue.slice(7, 8);
    expect(plan(1)).toEqual(expect.arrayContaining(plan(1, one && [one])));
  });

  test('has at least 25 scenarios, each with a name of its own', () => {
    expect(new Set(catalogue.map(({ name }) => name)).size).toBe(catalogue.length);
    expect(catalogue.length).toBeGreaterThanOrEqual(25);
  });
});
