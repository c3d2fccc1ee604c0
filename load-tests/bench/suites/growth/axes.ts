import type { Baseline } from '../../lab/baseline.ts';
import { wholeSystemBaseline } from '../../baselines/whole-system.ts';

/** One thing that grows while all else stays. */
export interface Axis {
  name: string;
  /** What grows, and what stays. */
  description: string;
  /** From the smallest on; the first is what the others are held against. */
  points: { value: number; baseline: Baseline }[];
}

export interface AxesOptions {
  /** The largest table. */
  rows: number;
  accounts: number;
  workers: number;
}

/** In the table while accounts grow. */
const rowsBesideAccounts = 1_000_000;
/** So that a run of a few seconds meets thousands of accounts. */
const eventsPerRequestOfAccounts = 10;
const smallestTable = 10_000;
const fewestAccounts = 10;

/** The three axes, each with a baseline of the whole system for every point. */
export function growthAxes({ rows, accounts, workers }: AxesOptions): Axis[] {
  return [
    {
      name: 'rows',
      description: 'rows in the table before the run, which itself adds some; 100 events a request',
      points: powersOfTen(smallestTable, rows).map((value) => ({
        value,
        baseline: wholeSystemBaseline({
          name: `rows-${value}`,
          description: `${value.toLocaleString('en-US')} rows before`,
          eventsPerRequest: 100,
          preload: { rows: value },
        }),
      })),
    },
    {
      name: 'accounts',
      description: `accounts that send in turn, ${eventsPerRequestOfAccounts} events a request, and that have rows in the table`,
      points: powersOfTen(fewestAccounts, accounts).map((value) => ({
        value,
        baseline: wholeSystemBaseline({
          name: `accounts-${value}`,
          description: `${value.toLocaleString('en-US')} accounts`,
          eventsPerRequest: eventsPerRequestOfAccounts,
          load: { accounts: value },
          preload: { rows: Math.min(rows, rowsBesideAccounts), accounts: value },
        }),
      })),
    },
    {
      name: 'workers',
      description: 'worker processes on the same cores; 100 events a request',
      points: Array.from({ length: workers }, (_, index) => index + 1).map((value) => ({
        value,
        baseline: wholeSystemBaseline({
          name: `workers-${value}`,
          description: `${value} worker${value === 1 ? '' : 's'}`,
          eventsPerRequest: 100,
          workers: value,
        }),
      })),
    },
  ];
}

/** From one to the other by tens, both included. Pure. */
export function powersOfTen(from: number, to: number): number[] {
  const values: number[] = [];
  for (let value = from; value < to; value *= 10) values.push(value);
  return [...values, Math.max(from, to)];
}
