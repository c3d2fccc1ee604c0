import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fillParts } from '../../../build/lib/fill-parts.ts';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';
import { renderPng } from '../../../dev/plots/render-png.ts';
import { resultsDir } from '../harness/results-dir.ts';
import { scalingTable, type ScalingReport } from './scaling-report.ts';

const document = 'docs/scaling.md';
/** A 95th percentile of fewer says nothing. */
const fewestBursts = 5;
const resultsFile = () => join(resultsDir(), 'scaling.json');

/** Keeps what the suite measured for the report of the run. */
export function saveScaling(report: ScalingReport): void {
  writeFileSync(resultsFile(), JSON.stringify(report, undefined, 2));
}

/**
 * Puts the table of this run into docs/scaling.md, and its plot beside it.
 *
 * @throws CliError when this run did not measure enough bursts
 */
export function publishScaling(): void {
  const report = readScaling();
  const plot = join(resultsDir(), 'burst.svg');
  if (!report || report.bursts.length < fewestBursts || !existsSync(plot)) {
    throw new CliError(
      `This run measured ${report?.bursts.length ?? 0} bursts, and ${fewestBursts} are needed to publish: run the scaling suite as a whole.`,
    );
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

/** The table of this run as Markdown; undefined when it measured no burst. */
export function scalingOfThisRun(): string | undefined {
  const report = readScaling();
  return report && report.bursts.length > 0 ? scalingPart(report) : undefined;
}

function readScaling(): ScalingReport | undefined {
  if (!existsSync(resultsFile())) return undefined;
  return JSON.parse(readFileSync(resultsFile(), 'utf8')) as ScalingReport;
}

function scalingPart(report: ScalingReport): string {
  const conditions = report.conditions.map((line) => `- ${line}`).join('\n');
  return `${conditions}\n\n${scalingTable(report)}`;
}
