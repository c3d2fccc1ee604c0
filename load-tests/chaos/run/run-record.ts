import {
  countFindings,
  type Finding,
  type FindingKind,
} from '@event-platform/testkit/checker/check-evidence';
import { minAcceptedShare } from './recovery.ts';
import { recoveryLimitMs, type RunResult } from './run-scenario.ts';
import type { Scenario } from '../harness/scenario.ts';

/** One run of one scenario, as it is printed and saved. */
export interface RunRecord {
  name: string;
  faults: string;
  seed: number;
  /** Distinct events. */
  accepted: number;
  /** Attempts without a conclusive answer; the same events were posted again. */
  unknown: number;
  /** Rows. */
  stored: number;
  dead: number;
  lost: number;
  doubled: number;
  altered: number;
  faultSeconds: number;
  /** From the end of the fault until throughput was back; null: not within the limit. */
  backSeconds: number | null;
  /** From the end of the fault until the last event accepted before it was stored, or a dead letter. */
  drainSeconds: number;
  /** What was lost, changed or ended by itself, in sentences; empty for a right run. */
  problems: string[];
  /** What took longer than promised, in sentences. On a machine that others use as well this says little. */
  delays: string[];
  /** True when lost events are within what the configuration promises; they are reported all the same. */
  mayLose: boolean;
}

/** Evaluates a run: the checker's findings, the time to recover, processes that ended by themselves. */
export function recordRun(scenario: Scenario, seed: number, result: RunResult): RunRecord {
  const { result: checked, throughputMs, drainMs } = result;
  const { name, faults } = scenario;
  const mayLose = scenario.mayLose !== undefined;
  const backSeconds = throughputMs === undefined ? null : seconds(throughputMs);
  const drainSeconds = seconds(drainMs);
  // What is lost is missing in the ledger too.
  const excused: FindingKind[] = mayLose ? ['lost', 'ledger'] : [];
  const findings = checked.findings.filter(({ kind }) => !excused.includes(kind));
  return {
    ...{ name, faults, seed, mayLose, backSeconds, drainSeconds },
    accepted: checked.accepted,
    unknown: checked.unknownAttempts,
    stored: checked.stored,
    dead: checked.dead,
    lost: countFindings(checked, 'lost'),
    doubled: countFindings(checked, 'doubled'),
    altered: countFindings(checked, 'altered'),
    faultSeconds: seconds(result.faultMs),
    problems: [...findings.map(inWords), ...result.unexpectedExits, ...result.complaints],
    delays: [...idlenessOf(result), ...delaysOf(backSeconds, drainSeconds)],
  };
}

/** Everything that is wrong with a run, in sentences; empty for a good one. */
export function wrongs({ problems, delays }: Pick<RunRecord, 'problems' | 'delays'>): string[] {
  return [...problems, ...delays];
}

/** The record of a run that could not be brought to its end. */
export function recordFailure(scenario: Scenario, seed: number, error: unknown): RunRecord {
  const { name, faults } = scenario;
  const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const counts = { accepted: 0, unknown: 0, stored: 0, dead: 0, lost: 0, doubled: 0, altered: 0 };
  return {
    ...{ name, faults, seed, ...counts },
    faultSeconds: 0,
    backSeconds: null,
    drainSeconds: 0,
    problems: [`the run did not come to its end: ${what}`],
    delays: [],
    mayLose: false,
  };
}

function inWords({ kind, count, samples }: Finding): string {
  return `${count} ${kind}: ${samples.join('; ')}`;
}

function idlenessOf({ rate, sentRate }: Pick<RunResult, 'rate' | 'sentRate'>): string[] {
  if (rate >= minAcceptedShare * sentRate) return [];
  return [
    `before the fault ${Math.round(rate)} of ${Math.round(sentRate)} events/s were accepted, too few to measure recovery by`,
  ];
}

function delaysOf(backSeconds: number | null, drainSeconds: number): string[] {
  const limit = recoveryLimitMs / 1_000;
  const isBack = backSeconds !== null && backSeconds <= limit;
  return [
    ...(isBack ? [] : [`throughput is not back to normal within ${limit} s`]),
    ...(drainSeconds <= limit
      ? []
      : [`an event was stored or dead only ${drainSeconds} s after the fault`]),
  ];
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
