import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fillParts } from '../../docs/fill-parts.ts';
import { CliError } from '../../lib/cli-error.ts';
import { repositoryRoot } from '../../local/local-state.ts';
import { renderPng } from '../../watch/timeline/render-png.ts';
import { resultsDir } from './results-dir.ts';
import { scalingTable, type ScalingReport } from './scaling-report.ts';

const document = 'docs/scaling.md';
const resultsFile = () => join(resultsDir(), 'scaling.json');

/** Keeps what the suite measured for `printScaling`. */
export function saveScaling(report: ScalingReport): void {
  writeFileSync(resultsFile(), JSON.stringify(report, undefined, 2));
}

/**
 * Puts the table of the last run into docs/scaling.md, and its plot beside it.
 *
 * @throws CliError when no run of the scaling suite was kept
 */
export function publishScaling(): void {
  const report = readScaling();
  const plot = join(resultsDir(), 'burst.svg');
  if (!report || !existsSync(plot)) {
    throw new CliError('There is no whole run of the scaling suite to publish: make e2e first.');
  }
  const { text } = fillParts(document, readFileSync(join(repositoryRoot, document), 'utf8'), {
    scaling: scalingPart(report),
  });
  writeFileSync(join(repositoryRoot, document), text);
  const images = join(repositoryRoot, 'docs/images');
  copyFileSync(plot, join(images, 'scaling.svg'));
  writeFileSync(join(images, 'scaling.png'), renderPng(readFileSync(plot, 'utf8')));
  console.log(`Written: ${document}, docs/images/scaling.svg and .png`);
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
