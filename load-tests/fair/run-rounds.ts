import type { Lab } from '../bench/lab/lab.ts';
import type { Progress } from '../bench/progress.ts';
import {
  quietTenants,
  quietUnderFlood,
  type QuietResult,
} from './experiments/quiet-under-flood.ts';
import { equalTenants, measureShares, tieredTenants, type Share } from './experiments/shares.ts';

/** What one round measured. */
export interface FairRound {
  unloaded: QuietResult;
  /** The flood sends 20 × the share of one of 51 tenants. */
  twentyShares: QuietResult;
  /** The flood sends as hard as it can, 3 s ahead of the others. */
  flood: QuietResult;
  /** The same with the tags off. */
  floodByArrival: QuietResult;
  equal: Share[];
  equalByArrival: Share[];
  tiers: Share[];
}

export interface FairRoundsOptions {
  rounds: number;
  /** Of each measurement of quiet tenants. */
  seconds: number;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}

const floodShares = 20;
const stepsPerRound = 7;

/** Measures everything once in each round, so that whatever else the machine does hits all of it. */
export async function runFairRounds(
  lab: Lab,
  { rounds, seconds, signal }: FairRoundsOptions,
  progress: Progress,
): Promise<FairRound[]> {
  let step = 0;
  const measure = async <T>(name: string, run: () => Promise<T>, tell: (result: T) => string) => {
    signal.throwIfAborted();
    step++;
    const label = `${step}/${rounds * stepsPerRound}  ${name}`;
    progress.show(label);
    const result = await run();
    progress.say(`${label}  ${tell(result)}`);
    return result;
  };
  const results: FairRound[] = [];
  for (let round = 1; round <= rounds; round++) {
    const quiet = (name: string, options: Omit<Parameters<typeof quietUnderFlood>[1], 'seconds'>) =>
      measure(name, () => quietUnderFlood(lab, { ...options, seconds }), tellQuiet);
    const shares = (
      name: string,
      ...rest: [Parameters<typeof measureShares>[1], typeof equalTenants]
    ) => measure(name, () => measureShares(lab, ...rest), tellShares);
    const unloaded = await quiet('quiet tenants alone', { order: 'fair', flood: 'none' });
    const hard = 'as hard as it can' as const;
    const flood = await quiet('a flood, fair order', { order: 'fair', flood: hard });
    const floodByArrival = await quiet('a flood, tags off', { order: 'arrival', flood: hard });
    const eventsPerSecond = (floodShares * flood.storedPerSecond) / (quietTenants + 1);
    results.push({
      unloaded,
      flood,
      floodByArrival,
      twentyShares: await quiet('a flood of 20 shares', {
        order: 'fair',
        flood: { eventsPerSecond },
      }),
      equal: await shares('ten equal tenants, fair order', 'fair', equalTenants),
      equalByArrival: await shares('ten equal tenants, tags off', 'arrival', equalTenants),
      tiers: await shares('two tiers, weights 1 and 4', 'fair', tieredTenants),
    });
  }
  return results;
}

function tellQuiet({ p50, p99, storedPerSecond }: QuietResult): string {
  return `waited p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms; ${Math.round(storedPerSecond)} events/s stored`;
}

function tellShares(shares: Share[]): string {
  return `goodput ${shares.map(({ goodput }) => Math.round(goodput)).join(' ')} events/s`;
}
