import { countFindings, type Finding } from '../../../scripts/src/check/judge-evidence.ts';
import { recoveryLimitMs, type RunResult } from '../run/run-scenario.ts';
import type { Scenario } from '../scenario.ts';

/** One run of one scenario, as it is printed and saved. */
export interface RunRecord {
  name: string;
  faults: string;
  seed: number;
  /** Distinct events that the api accepted, that nobody can tell of, and that are stored. */
  accepted: number;
  unknown: number;
  stored: number;
  dead: number;
  lost: number;
  doubled: number;
  altered: number;
  faultSeconds: number;
  /** Until throughput was back and the last event from before was stored; null: not within the limit. */
  recoverySeconds: number | null;
  /** Everything that is wrong, in sentences; empty for a good run. */
  troubles: string[];
  /** True when lost events are within what the configuration promises; they are told all the same. */
  mayLose: boolean;
}

/** Judges a run: the checker's findings, the time to recover, processes that ended by themselves. */
export function recordRun(scenario: Scenario, seed: number, result: RunResult): RunRecord {
  const { verdict, throughputMs, drainMs } = result;
  const { name, faults } = scenario;
  const mayLose = scenario.mayLose !== undefined;
  const recoverySeconds =
    throughputMs === undefined ? null : seconds(Math.max(throughputMs, drainMs));
  const findings = verdict.findings.filter(({ kind }) => kind !== 'lost' || !mayLose);
  return {
    ...{ name, faults, seed, mayLose, recoverySeconds },
    accepted: verdict.accepted,
    unknown: verdict.unknown,
    stored: verdict.stored,
    dead: verdict.dead,
    lost: countFindings(verdict, 'lost'),
    doubled: countFindings(verdict, 'doubled'),
    altered: countFindings(verdict, 'altered'),
    faultSeconds: seconds(result.faultMs),
    troubles: [...findings.map(inWords), ...slowness(recoverySeconds), ...result.surprises],
  };
}

/** The record of a run that could not be brought to its end. */
export function recordFailure(scenario: Scenario, seed: number, error: unknown): RunRecord {
  const { name, faults } = scenario;
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const counts = { accepted: 0, unknown: 0, stored: 0, dead: 0, lost: 0, doubled: 0, altered: 0 };
  return {
    ...{ name, faults, seed, ...counts },
    faultSeconds: 0,
    recoverySeconds: null,
    troubles: [`the run did not come to its end: ${what}`],
    mayLose: false,
  };
}

function inWords({ kind, count, samples }: Finding): string {
  return `${count} ${kind}: ${samples.join('; ')}`;
}

function slowness(recoverySeconds: number | null): string[] {
  const limit = recoveryLimitMs / 1_000;
  if (recoverySeconds !== null && recoverySeconds <= limit) return [];
  return [`not back to normal within ${limit} s`];
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
