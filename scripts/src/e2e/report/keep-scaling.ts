import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resultsDir } from './results-dir.ts';
import { scalingTable, type ScalingReport } from './scaling-report.ts';

const resultsFile = () => join(resultsDir(), 'scaling.json');

/** Keeps what the suite measured for `printScaling`. */
export function saveScaling(report: ScalingReport): void {
  writeFileSync(resultsFile(), JSON.stringify(report, undefined, 2));
}

/** Prints the table of the last run of the scaling suite. */
export function printScaling(): void {
  const report = readScaling();
  if (report) console.log(`\n${scalingPart(report)}\n`);
}

function readScaling(): ScalingReport | undefined {
  if (!existsSync(resultsFile())) return undefined;
  return JSON.parse(readFileSync(resultsFile(), 'utf8')) as ScalingReport;
}

function scalingPart(report: ScalingReport): string {
  const conditions = report.conditions.map((line) => `- ${line}`).join('\n');
  return `${conditions}\n\n${scalingTable(report)}`;
}
