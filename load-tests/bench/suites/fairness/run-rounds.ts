import type { Lab } from '../../lab/lab.ts';
import type { Progress } from '../../lab/progress.ts';
import { measureCapacity } from './experiments/capacity.ts';
import {
  quietTenants,
  quietUnderFlood,
  type QuietResult,
} from './experiments/quiet-under-flood.ts';
import {
  equalTenants,
  measureShares,
  tieredTenants,
  type Share,
  type SharingTenant,
} from './experiments/shares.ts';
import type { QueueOrder } from '../../baselines/platform.ts';

/** What one round measured. */
export interface FairRound {
  equal: Share[];
  equalByArrival: Share[];
  tiers: Share[];
  /** What the whole system stores while all 51 tenants send as hard as they can, events a second. */
  capacity: number;
  /** 20 × the share of one of 51 tenants of that, events a second. */
  floodPerSecond: number;
  unloaded: QuietResult;
  /** The flood, which the system can keep up with. */
  flood: QuietResult;
  /** The flood, and a backlog of it that is older than the quiet tenants' events. */
  backlog: QuietResult;
  /** The same with the tags off. */
  backlogByArrival: QuietResult;
}

export interface FairRoundsOptions {
  rounds: number;
  /** Of each measurement of quiet tenants. */
  seconds: number;
  /** Variables of the worker that differ from their defaults. */
  workerEnv: Record<string, string>;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}

const floodShares = 20;
/** The quiet ones and the flooding one. */
const tenants = quietTenants + 1;
/** Makes a backlog that lasts as long as the longest usual measurement. */
const headStartMs = 6_000;
const stepsPerRound = 8;

/** Measures everything once in each round, so that whatever else the machine does hits all of it. */
export async function runFairRounds(
  lab: Lab,
  { rounds, seconds, workerEnv, signal }: FairRoundsOptions,
  progress: Progress,
): Promise<FairRound[]> {
  let step = 0;
  const measure = async <T>(name: string, run: () => Promise<T>, report: (result: T) => string) => {
    signal.throwIfAborted();
    step++;
    const label = `${step}/${rounds * stepsPerRound}  ${name}`;
    progress.show(label);
    const result = await run();
    progress.say(`${label}  ${report(result)}`);
    return result;
  };
  const shares = (name: string, order: QueueOrder, sharing: readonly SharingTenant[]) =>
    measure(name, () => measureShares(lab, { order, workerEnv }, sharing), reportShares);
  const quiet = (name: string, order: QueueOrder, floodPerSecond: number, headStart = 0) => {
    const options = { order, workerEnv, floodPerSecond, headStartMs: headStart, seconds };
    return measure(name, () => quietUnderFlood(lab, options), reportQuiet);
  };
  const results: FairRound[] = [];
  for (let round = 1; round <= rounds; round++) {
    const equal = await shares('ten equal tenants, fair order', 'fair', equalTenants);
    const equalByArrival = await shares('ten equal tenants, tags off', 'arrival', equalTenants);
    const tiers = await shares('two tiers, weights 1 and 4', 'fair', tieredTenants);
    const capacity = await measure(
      'all 51 tenants as hard as they can',
      () => measureCapacity(lab, { order: 'fair', workerEnv, tenants, seconds }),
      (stored) => `${Math.round(stored)} events/s stored`,
    );
    const flood = (floodShares * capacity) / tenants;
    results.push({
      equal,
      equalByArrival,
      tiers,
      capacity,
      floodPerSecond: flood,
      unloaded: await quiet('quiet tenants alone', 'fair', 0),
      flood: await quiet('a flood', 'fair', flood),
      backlog: await quiet('a flood with a backlog', 'fair', flood, headStartMs),
      backlogByArrival: await quiet('the same, tags off', 'arrival', flood, headStartMs),
    });
  }
  return results;
}

function reportQuiet({ p50, p99, storedPerSecond, backlog: [before, after] }: QuietResult): string {
  const wait = `waited p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`;
  return `${wait}; ${Math.round(storedPerSecond)} events/s stored; backlog ${before} → ${after}`;
}

function reportShares(shares: Share[]): string {
  return `goodput ${shares.map(({ goodput }) => Math.round(goodput)).join(' ')} events/s`;
}
