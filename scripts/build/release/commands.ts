import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';
import { parseChangelog } from '../docs/changelog.ts';
import { packageChart } from '../chart/package-chart.ts';
import { currentVersion } from '../lib/current-version.ts';
import { releaseObstacles } from './versions.ts';

interface ChartOptions {
  registry: string;
  out: string;
  sourceUrl?: string;
  iconUrl?: string;
}

/** Adds `release`. */
export function registerReleaseCommands(program: Command): void {
  const release = program
    .command('release')
    .summary('check and package a release')
    .description('The steps of docs/releasing.md and of the release workflow.');
  release
    .command('check')
    .description('Check that one version stands everywhere, and that the changelog has it.')
    .option('--tag <tag>', 'tag of the release, such as v0.1.0: it must be that version')
    .action(({ tag }: { tag?: string }) => {
      const obstacles = releaseObstacles(tag);
      for (const obstacle of obstacles) console.log(obstacle);
      if (obstacles.length > 0) process.exitCode = 1;
      else console.log(`${currentVersion()} can be released.`);
    });
  release
    .command('notes')
    .description('Print the section of the changelog for this version.')
    .action(() => console.log(releaseNotes()));
  release
    .command('chart')
    .description('Package the chart with images of a registry; needs helm. Prints the path.')
    .requiredOption('--registry <name>', 'registry and path, such as registry.example.com/team')
    .option('--out <folder>', 'where the package goes', 'dist/chart')
    .option('--source-url <url>', 'where the sources are, for the chart’s home and sources')
    .option('--icon-url <url>', 'where the icon is, for Artifact Hub; else it is in the chart')
    .action(({ registry, out, ...publication }: ChartOptions) =>
      console.log(packageChart(registry, out, publication)),
    );
}

function releaseNotes(): string {
  const version = currentVersion();
  const sections = parseChangelog(readFileSync(join(repositoryRoot, 'CHANGELOG.md'), 'utf8'));
  const section = sections.find((one) => one.version === version);
  if (section === undefined) {
    throw new CliError(
      `CHANGELOG.md has no section for ${version}: add it, see docs/releasing.md.`,
    );
  }
  return section.body;
}
