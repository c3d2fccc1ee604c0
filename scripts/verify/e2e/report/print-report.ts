import { alertTable } from './alert-times.ts';
import { scalingOfThisRun } from './keep-scaling.ts';
import { runTable } from './run-table.ts';
import { readTallies } from '../harness/tallies.ts';

/** Prints what this run measured. A time that was missed fails nothing; what was lost failed its test. */
export function printReport(runSeconds: number): void {
  const scaling = scalingOfThisRun();
  if (scaling !== undefined) console.log(`\n${scaling}`);
  const alerts = alertTable();
  if (alerts !== undefined) console.log(`\n${alerts}`);
  console.log(`\n${runTable(readTallies(), runSeconds)}\n`);
}
