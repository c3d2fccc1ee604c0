import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resultsDir } from './results-dir.ts';

/** What one test counted, for the sums of the whole run. */
export type Tally =
  | { of: 'events'; sent: number; lost: number; doubled: number }
  | { of: 'requests of rolling upgrades'; sent: number; failed: number }
  /** Of other tenants, while something that should not matter to them goes on. */
  | { of: 'posts beside hostile bodies'; p99Ms: number };

const file = () => join(resultsDir(), 'tallies.ndjson');

/** Adds to the sums of this run. */
export function keepTally(tally: Tally): void {
  appendFileSync(file(), `${JSON.stringify(tally)}\n`);
}

/** Everything that this run counted. */
export function readTallies(): Tally[] {
  if (!existsSync(file())) return [];
  const lines = readFileSync(file(), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Tally);
}
