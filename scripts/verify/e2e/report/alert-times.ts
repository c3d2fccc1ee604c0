import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable } from '@event-platform/cli/lib/markdown-table';
import { resultsDir } from '../harness/results-dir.ts';

/** When an alert fired and ended, in an outage that a suite caused. */
export interface AlertTime {
  alert: string;
  /** What was done to the system. */
  outage: string;
  /** From the outage on. */
  firedAfterS: number;
  /** From the end of the outage on. */
  endedAfterS: number;
}

const file = () => join(resultsDir(), 'alerts.ndjson');

/** Adds a line to the table of this run. */
export function keepAlertTime(time: AlertTime): void {
  appendFileSync(file(), `${JSON.stringify(time)}\n`);
}

/** The alerts that fired in this run, as a Markdown table; undefined when none was caused. */
export function alertTable(): string | undefined {
  if (!existsSync(file())) return undefined;
  const times = readFileSync(file(), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as AlertTime);
  return markdownTable(
    ['alert', 'outage', 'fired after', 'ended after'],
    times.map(({ alert, outage, firedAfterS, endedAfterS }) => [
      alert,
      outage,
      `${firedAfterS.toFixed(0)} s`,
      `${endedAfterS.toFixed(0)} s`,
    ]),
  );
}
