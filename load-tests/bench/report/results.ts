import { byGroup, type CpuSeconds } from '../lab/cpu-meter.ts';
import type { RunResult, Baseline } from '../lab/baseline.ts';
import type { Conditions } from './conditions.ts';
import { median, ratioOf, spreadOf, type Spread } from './statistics.ts';

/** A figure of each round, and what they come to. */
interface Series extends Spread {
  runs: number[];
}

/** One baseline over all rounds. Rates are per second. */
export interface Rate extends Series {
  unit: Baseline['unit'];
  description: string;
  /** Rows stored while the load ran. */
  underLoad?: Series;
  /** Events that got 202. */
  accepted?: Series;
  /** Medians over the rounds, of a closed loop: for information only. */
  latencyMs?: { p50: number; p99: number };
  /** CPU seconds for 1,000 events, medians over the rounds. */
  cpuPer1000?: CpuSeconds & { total: number };
  /** Cores that everybody else on the machine used meanwhile: much above 0, the figure is noisy. */
  othersCores?: Spread;
}

/** The contents of bench.json. */
export interface BenchResults {
  conditions: Conditions;
  rates: Record<string, Rate>;
  ratios: Record<string, Spread>;
}

/** The runs of one baseline, one a round. */
export interface Measured {
  baseline: Pick<Baseline, 'name' | 'description' | 'unit'>;
  runs: RunResult[];
}

/** Pairs whose ratios are reported, where both were measured. */
const comparisons = [
  ['W', 'C'],
  ['S1', 'N'],
  ['S100', 'B'],
  ['S1', 'C'],
  ['S10', 'C'],
  ['S100', 'C'],
  ['S1000', 'C'],
  ['S100', 'W'],
  ['S100', 'R'],
  ['S1', 'H1'],
  ['S100', 'H100'],
  ['B', 'C'],
] as const;

/** Sums the runs up. */
export function summarise(conditions: Conditions, measured: readonly Measured[]): BenchResults {
  const rates: Record<string, Rate> = {};
  for (const { baseline, runs } of measured) rates[baseline.name] = rateOf(baseline, runs);
  const withAlias = rates['H100'] ? { ...rates, H: rates['H100'] } : rates;
  return { conditions, rates: withAlias, ratios: allRatios(rates) };
}

function rateOf({ unit, description }: Measured['baseline'], runs: RunResult[]): Rate {
  const rates = runs.map(({ events, seconds }) => events / seconds);
  const underLoad = runs.flatMap((run) => run.underLoad ?? []);
  const accepted = runs.flatMap((run) => run.accepted ?? []);
  const latencies = runs.flatMap(({ latencyMs }) => latencyMs ?? []);
  const cpu = runs.flatMap(({ cpu, events }) => (cpu ? [per1000(cpu, events)] : []));
  const others = runs.flatMap(({ cpu, seconds }) => (cpu ? [cpu.others / seconds] : []));
  return {
    unit,
    description,
    ...seriesOf(rates),
    ...(underLoad.length > 0 && { underLoad: seriesOf(underLoad) }),
    ...(accepted.length > 0 && { accepted: seriesOf(accepted) }),
    ...(latencies.length > 0 && {
      latencyMs: {
        p50: median(latencies.map(({ p50 }) => p50)),
        p99: median(latencies.map(({ p99 }) => p99)),
      },
    }),
    ...(cpu.length > 0 && {
      cpuPer1000: {
        ...byGroup((group) => median(cpu.map((one) => one[group]))),
        total: median(cpu.map(({ total }) => total)),
      },
      othersCores: spreadOf(others),
    }),
  };
}

function seriesOf(runs: number[]): Series {
  return { ...spreadOf(runs), runs };
}

function per1000(cpu: CpuSeconds, events: number): CpuSeconds & { total: number } {
  const each = byGroup((group) => (cpu[group] * 1_000) / events);
  return { ...each, total: Object.values(each).reduce((sum, one) => sum + one, 0) };
}

function allRatios(rates: Record<string, Rate>): Record<string, Spread> {
  const ratios: Record<string, Spread> = {};
  const add = (name: string, over?: readonly number[], under?: readonly number[]) => {
    if (over && under) ratios[name] = ratioOf(over, under);
  };
  for (const [over, under] of comparisons) {
    add(`${over}_${under}`, rates[over]?.runs, rates[under]?.runs);
    add(`${over}_${under}_underLoad`, rates[over]?.underLoad?.runs, rates[under]?.runs);
  }
  for (const name of Object.keys(rates)) {
    const [base = name] = name.split('-');
    if (base === name) continue;
    add(`${name}_${base}`, rates[name]?.runs, rates[base]?.runs);
  }
  return ratios;
}
