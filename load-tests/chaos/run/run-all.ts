import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { seededRandom } from '@event-platform/testkit/harness/seeded-random';
import { recordFailure, recordRun, wrongs, type RunRecord } from './run-record.ts';
import type { Scenario } from '../harness/scenario.ts';
import type { PostgresTemplate } from '../harness/template.ts';
import { runScenario } from './run-scenario.ts';

export interface RunAllSettings {
  /** Of the whole invocation; each run has a directory of its own in it. */
  dir: string;
  template: PostgresTemplate;
  scenarios: readonly Scenario[];
  seed: number;
  rounds: number;
  lanes: number;
  /** Events a second. */
  rate: number;
  /** How long the load runs before the fault. */
  beforeMs: number;
  /** Where the logs and the journal of a bad run are kept. */
  keepIn: string;
  signal: AbortSignal;
  onRun: (record: RunRecord) => void;
}

interface Planned {
  scenario: Scenario;
  seed: number;
}

/** Runs every round in an order by the seed, several at once; when aborted, begins nothing more. */
export async function runAll(settings: RunAllSettings): Promise<void> {
  const { scenarios, seed, rounds, lanes, signal } = settings;
  const planned = planRuns(scenarios, seed, rounds);
  const work = async () => {
    for (let next = planned.shift(); next && !signal.aborted; next = planned.shift()) {
      settings.onRun(await runOne(next, settings));
    }
  };
  await Promise.all(Array.from({ length: lanes }, work));
}

/** Each round in an order of its own. A run keeps its seed whatever else is run. Pure. */
export function planRuns(scenarios: readonly Scenario[], seed: number, rounds: number): Planned[] {
  const random = seededRandom(seed);
  return Array.from({ length: rounds }, (_, round) => {
    const drawn = scenarios.map((scenario) => ({
      scenario,
      seed: seedOf(`${seed}/${round}/${scenario.name}`),
      place: random(2 ** 30),
    }));
    return drawn.toSorted((a, b) => a.place - b.place);
  }).flat();
}

function seedOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE();
}

async function runOne({ scenario, seed }: Planned, settings: RunAllSettings): Promise<RunRecord> {
  const dir = join(settings.dir, `${scenario.name}-${seed}`);
  const { template, rate: eventsPerSecond, beforeMs } = settings;
  const record = await runScenario(scenario, {
    dir,
    template,
    seed,
    eventsPerSecond,
    beforeMs,
  }).then(
    (result) => recordRun(scenario, seed, result),
    (error: unknown) => recordFailure(scenario, seed, error),
  );
  if (wrongs(record).length > 0) keepTraces(dir, settings.keepIn);
  rmSync(dir, { recursive: true, force: true });
  return record;
}

/** Logs and journal, without the data of the servers. */
function keepTraces(dir: string, keepIn: string): void {
  mkdirSync(keepIn, { recursive: true });
  cpSync(dir, join(keepIn, basename(dir)), {
    recursive: true,
    filter: (path) => path === dir || /\.(log|ndjson)$|(sentinel-\d)$/.test(path),
  });
}
