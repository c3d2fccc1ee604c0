import type { Conditions } from '../../../report/conditions.ts';
import { spreadOf, type Spread } from '../../../report/statistics.ts';
import type { QuietResult } from '../experiments/quiet-under-flood.ts';
import type { FairRound } from '../run-rounds.ts';
import { jainIndex, tierRatio } from './fairness.ts';

/** What quiet tenants met in one situation; spreads over the rounds. Milliseconds, events a second. */
export interface QuietSummary {
  p50: Spread;
  p99: Spread;
  /** p99 ÷ that of the quiet tenants alone, of the same round. */
  ratio: Spread;
  storedPerSecond: Spread;
  /** Events that still waited when the measurement ended. */
  backlogAfter: Spread;
}

/** The contents of fair.json. */
export interface FairResults {
  conditions: Conditions;
  quiet: Record<'unloaded' | 'flood' | 'backlog' | 'backlogByArrival', QuietSummary>;
  /** What the whole system stores, events a second. */
  capacity: Spread;
  /** Of the flood, events a second. */
  floodPerSecond: Spread;
  jain: { fair: Spread; byArrival: Spread };
  /** Goodput of weight 4 ÷ that of weight 1. */
  tiers: Spread;
  targets: Target[];
  rounds: FairRound[];
}

interface Target {
  name: string;
  target: string;
  measured: number;
  isMet: boolean;
}

const maxQuietRatio = 3;
const minJain = 0.95;
const wantedTierRatio = 4;
const tierTolerance = 0.15;

/** Sums the rounds up and holds them against the targets. */
export function summariseFairness(conditions: Conditions, rounds: FairRound[]): FairResults {
  const over = (value: (round: FairRound) => number): Spread => spreadOf(rounds.map(value));
  const quiet = (of: (round: FairRound) => QuietResult): QuietSummary => ({
    p50: over((round) => of(round).p50),
    p99: over((round) => of(round).p99),
    ratio: over((round) => of(round).p99 / round.unloaded.p99),
    storedPerSecond: over((round) => of(round).storedPerSecond),
    backlogAfter: over((round) => of(round).backlog[1]),
  });
  const results = {
    quiet: {
      unloaded: quiet(({ unloaded }) => unloaded),
      flood: quiet(({ flood }) => flood),
      backlog: quiet(({ backlog }) => backlog),
      backlogByArrival: quiet(({ backlogByArrival }) => backlogByArrival),
    },
    capacity: over(({ capacity }) => capacity),
    floodPerSecond: over(({ floodPerSecond }) => floodPerSecond),
    jain: {
      fair: over(({ equal }) => jainIndex(equal)),
      byArrival: over(({ equalByArrival }) => jainIndex(equalByArrival)),
    },
    tiers: over(({ tiers }) => tierRatio(tiers)),
  };
  return { conditions, ...results, targets: evaluate(results), rounds };
}

function evaluate({ quiet, jain, tiers }: Pick<FairResults, 'quiet' | 'jain' | 'tiers'>): Target[] {
  const isWithin = (value: number) => Math.abs(value / wantedTierRatio - 1) <= tierTolerance;
  const quietTarget = (name: string, { ratio }: QuietSummary): Target => ({
    name: `quiet p99, ${name} ÷ alone`,
    target: `≤ ${maxQuietRatio}`,
    measured: ratio.median,
    isMet: ratio.median <= maxQuietRatio,
  });
  return [
    quietTarget('flood', quiet.flood),
    quietTarget('flood with a backlog', quiet.backlog),
    {
      name: 'Jain’s index of ten equal tenants',
      target: `≥ ${minJain}`,
      measured: jain.fair.median,
      isMet: jain.fair.median >= minJain,
    },
    {
      name: 'weight 4 ÷ weight 1',
      target: `${wantedTierRatio} ± ${tierTolerance * 100} %`,
      measured: tiers.median,
      isMet: isWithin(tiers.median),
    },
  ];
}
