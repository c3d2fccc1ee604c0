import type { Lab } from '../../bench/lab/lab.ts';
import { residentBytes } from '../../bench/lab/process-memory.ts';
import type { Platform } from '../../bench/lab/platform.ts';
import type { Progress } from '../../bench/progress.ts';
import { searchKnee } from '../knee/search-knee.ts';
import type { Step } from '../knee/step.ts';
import type { LimitsOptions } from '../options.ts';
import { guessRate, runStep } from './run-step.ts';

export interface Knee {
  /** Events a second. */
  rate: number;
  /** The search; empty when the rate was given. */
  steps: Step[];
  /** The longer run that confirms it. */
  confirmation: Step;
  /** The most that each process had resident in that run. */
  apiBytes: number;
  workerBytes: number;
  redisBytes: number;
}

/** A search of short steps errs on the high side: what holds for 8 s need not hold for longer. */
const stepDown = 0.95;
/** Down to little more than half of what the search found. */
const mostConfirmations = 12;

/** Finds the knee and confirms it by a longer run, a little lower if need be. */
export async function findKnee(
  lab: Lab,
  platform: Platform,
  options: LimitsOptions,
  { progress, signal }: { progress: Progress; signal: AbortSignal },
): Promise<Knee> {
  const tell = (what: string, step: Step) => progress.say(`${what}  ${describeStep(step)}`);
  const tryRate = async (rate: number) => {
    signal.throwIfAborted();
    progress.show(`tries ${rate} events/s`);
    const step = await runStep(platform, rate, options.stepSeconds);
    tell('step', step);
    return step;
  };
  const { knee, steps } =
    options.knee === undefined
      ? await searchKnee(await guessRate(platform, options.stepSeconds / 2), tryRate)
      : { knee: options.knee, steps: [] };
  if (knee === undefined) throw new Error('No rate was steady: is the machine busy?');

  for (let rate = knee, turn = 1; ; rate = Math.round(rate * stepDown), turn++) {
    signal.throwIfAborted();
    progress.show(`confirms ${rate} events/s`);
    const most = { apiBytes: 0, workerBytes: 0, redisBytes: 0 };
    const confirmation = await runStep(platform, rate, options.kneeSeconds, () => {
      most.apiBytes = Math.max(most.apiBytes, residentBytes(platform.apiPid));
      most.workerBytes = Math.max(most.workerBytes, residentBytes(platform.workerPid));
      most.redisBytes = Math.max(most.redisBytes, residentBytes(lab.redisServer.pid));
    });
    tell('knee', confirmation);
    const isLast = options.knee !== undefined || turn === mostConfirmations;
    if (confirmation.isSteady || isLast) return { rate, steps, confirmation, ...most };
  }
}

function describeStep({ rate, accepted, p50, p99, slope, slopeError, isSteady }: Step): string {
  const backlog = `backlog ${signed(slope)} ± ${Math.round(2 * slopeError)} events/s`;
  const latency = `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
  return `${rate} events/s: ${Math.round(accepted)} accepted, ${latency}, ${backlog}: ${isSteady ? 'steady' : 'too much'}`;
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(Math.round(value))}`;
}
