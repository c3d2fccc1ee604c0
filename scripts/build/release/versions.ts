import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';
import { currentVersion } from '../lib/current-version.ts';
import { parseChangelog } from '../docs/changelog.ts';

const read = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8');
const packageSchema = z.object({
  version: z.string(),
  dependencies: z.record(z.string(), z.string()).default({}),
});

/** A version, and the file that states it. */
export interface StatedVersion {
  file: string;
  version: string;
}

/** Every place that states the version of the platform. All are released together, so all are equal. */
export function statedVersions(): StatedVersion[] {
  const manifests = ['package.json', ...globSync('*/package.json', { cwd: repositoryRoot })].concat(
    globSync('services/*/package.json', { cwd: repositoryRoot }),
  );
  return [
    ...manifests.flatMap(packageVersions),
    ...matches('charts/event-platform/Chart.yaml', /^(?:appVersion|version): (\S+)$/gm, 2),
    ...['api', 'worker'].flatMap((service) =>
      matches(`services/${service}/Dockerfile`, /^ARG VERSION=(\S+)$/gm, 1),
    ),
    ...['README.md', 'charts/event-platform/README.md'].flatMap((file) =>
      matches(file, /event-platform-\$?\w+:([\w.-]+)/g, 1),
    ),
  ];
}

/** The version of a manifest, and those of the packages of this repository that it needs. */
function packageVersions(file: string): StatedVersion[] {
  const { version, dependencies } = packageSchema.parse(JSON.parse(read(file)));
  const own = Object.entries(dependencies).filter(([name]) => name.startsWith('@event-platform/'));
  return [version, ...own.map(([, needed]) => needed)].map((stated) => ({
    file,
    version: stated,
  }));
}

function matches(file: string, pattern: RegExp, atLeast: number): StatedVersion[] {
  const found = [...read(file).matchAll(pattern)].map(([, version = '']) => ({ file, version }));
  if (found.length < atLeast) throw new Error(`${file} states no version.`);
  return found;
}

/**
 * What keeps this clone from being released; empty when nothing does.
 *
 * @param tag the tag of the release, such as v0.1.0; undefined: none yet
 */
export function releaseObstacles(tag?: string): string[] {
  const version = currentVersion();
  const obstacles = statedVersions()
    .filter((stated) => stated.version !== version)
    .map(({ file, version: other }) => `${file} states ${other}, package.json ${version}`);
  if (tag !== undefined && tag !== `v${version}`) {
    obstacles.push(`the tag is ${tag}, package.json states ${version}`);
  }
  const sections = parseChangelog(read('CHANGELOG.md'));
  const section = sections.find((one) => one.version === version);
  if (section?.date === undefined || section.changes.length === 0) {
    obstacles.push(`CHANGELOG.md has no dated section with entries for ${version}`);
  }
  const unreleased = sections.find((one) => one.version === 'Unreleased');
  if (tag !== undefined && unreleased !== undefined && unreleased.changes.length > 0) {
    obstacles.push('CHANGELOG.md has entries under Unreleased: move them under the version');
  }
  return obstacles;
}
