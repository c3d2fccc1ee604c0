import type { Lab } from '../../../lab/lab.ts';
import { residentBytes } from '../../../lab/process-memory.ts';
import type { Platform } from '../../../baselines/platform.ts';
import type { Progress } from '../../../lab/progress.ts';
import { lowerRate } from '../knee/lower-rate.ts';
import { searchKnee } from '../knee/search-knee.ts';
import type { Step } from '../knee/step.ts';
import type { LimitsOptions } from '../options.ts';
import { guessRate, runStep } from './run-step.ts';

export interface Knee {
  /** Events a second. */
  rate: number;
  /** The search; empty when the rate was given. */
  steps: Step[];
  /** The longer runs at lower and lower rates, until one confirms it: the last. */
  confirmations: Step[];
  /** The most that each process had resident in that run. */
  apiBytes: number;
  workerBytes: number;
  redisBytes: number;
}

const mostConfirmations = 8;

/**
 * Finds the knee and confirms it by a longer run, lower if need be: what holds for 8 s need not hold
 * once PostgreSQL also has checkpoints and its autovacuum to do.
 */
export async function findKnee(
  lab: Lab,
  platform: Platform,
  options: LimitsOptions,
  { progress, signal }: { progress: Progress; signal: AbortSignal },
): Promise<Knee> {
  const tryRate = async (rate: number) => {
    signal.throwIfAborted();
    progress.show(`tries ${rate} events/s`);
    const step = await runStep(platform, rate, options.stepSeconds);
    progress.say(`step  ${describeStep(step)}`);
    return step;
  };
  const { knee, steps } =
    options.knee === undefined
      ? await searchKnee(await guessRate(platform, options.stepSeconds / 2), tryRate)
      : { knee: options.knee, steps: [] };
  if (knee === undefined) throw new Error('No rate was steady: is the machine busy?');

  return { steps, ...(await confirm(lab, platform, knee, options, { progress, signal })) };
}

async function confirm(
  lab: Lab,
  platform: Platform,
  found: number,
  options: LimitsOptions,
  { progress, signal }: { progress: Progress; signal: AbortSignal },
): Promise<Omit<Knee, 'steps'>> {
  const confirmations: Step[] = [];
  for (let rate = found; ;) {
    signal.throwIfAborted();
    progress.show(`confirms ${rate} events/s for ${options.kneeSeconds} s`);
    const most = { apiBytes: 0, workerBytes: 0, redisBytes: 0 };
    const step = await runStep(platform, rate, options.kneeSeconds, () => {
      most.apiBytes = Math.max(most.apiBytes, residentBytes(platform.apiPid));
      most.workerBytes = Math.max(most.workerBytes, residentBytes(platform.workerPid));
      most.redisBytes = Math.max(most.redisBytes, residentBytes(lab.redisServer.pid));
    });
    confirmations.push(step);
    progress.say(`knee  ${describeStep(step)}`);
    const isLast = options.knee !== undefined || confirmations.length === mostConfirmations;
    if (step.isSteady || isLast) return { rate, confirmations, ...most };
    rate = lowerRate(step);
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
