import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';
import { readYamlLines, type YamlLine } from './yaml-lines.ts';

/** One way in which Skaffold installs the chart: as it stands, or with one profile. */
export interface SkaffoldCase {
  name: string;
  /** What it sets by --set, in its order. */
  values: Record<string, string>;
  /** What Helm is given to render the same. */
  args: string[];
}

const release = 'deploy.helm.releases[0]';

/** Reads skaffold.yaml as lines of settings. */
export function readSkaffold(): YamlLine[] {
  return readYamlLines(readFileSync(join(repositoryRoot, 'skaffold.yaml'), 'utf8'));
}

/** Every way in which skaffold.yaml installs the chart. */
export function skaffoldCases(lines: readonly YamlLine[] = readSkaffold()): SkaffoldCase[] {
  const base = {
    ...settings(lines, `${release}.setValues.`),
    ...settings(lines, `${release}.setValueTemplates.`),
  };
  const files = lines
    .filter(({ path }) => path.startsWith(`${release}.valuesFiles[`))
    .flatMap(({ value }) => ['--values', join(repositoryRoot, value)]);
  const toCase = (name: string, values: Record<string, string>): SkaffoldCase => ({
    name,
    values,
    args: [
      ...files,
      ...Object.entries(values).flatMap(([key, value]) => ['--set', `${key}=${stamped(value)}`]),
    ],
  });
  const profiles = lines.filter(({ path }) => /^profiles\[\d+\]\.name$/.test(path));
  return [
    toCase('no profile', base),
    ...profiles.map(({ path, value }) =>
      toCase(value, { ...base, ...patched(lines, path.replace(/\.name$/, '')) }),
    ),
  ];
}

/** The values below a prefix, by what follows it. */
function settings(lines: readonly YamlLine[], prefix: string): Record<string, string> {
  return Object.fromEntries(
    lines
      .filter(({ path, value }) => path.startsWith(prefix) && value !== '')
      .map(({ path, value }) => [path.slice(prefix.length), unquoted(value)]),
  );
}

/** What the patches of a profile do to the values of the release. */
function patched(lines: readonly YamlLine[], profile: string): Record<string, string> {
  const target = '/deploy/helm/releases/0/setValues/';
  const found: Record<string, string> = {};
  for (const [index, { path, value }] of lines.entries()) {
    if (!path.startsWith(`${profile}.patches[`) || !path.endsWith('.path')) continue;
    const next = lines[index + 1];
    if (value.startsWith(target) && next) found[value.slice(target.length)] = unquoted(next.value);
  }
  return found;
}

const unquoted = (value: string) => value.replaceAll(/^['"]|['"]$/g, '');

/** What Skaffold would put for its templates: a repository, a tag, and no digest for a local build. */
function stamped(value: string): string {
  if (value.includes('IMAGE_REPO_')) return 'registry.example.com/image';
  if (value.includes('IMAGE_TAG_')) return '4f2d0c';
  return value.includes('IMAGE_DIGEST_') ? '' : value;
}
