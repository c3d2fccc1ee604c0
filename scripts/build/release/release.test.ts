import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { parse } from 'yaml';
import { z } from 'zod';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';
import { registerReleaseCommands } from './commands.ts';
import { currentVersion } from '../lib/current-version.ts';
import { releaseObstacles, statedVersions } from './versions.ts';

describe('a release', () => {
  test('has one version, in packages, images, chart and documents, which the changelog lists', () => {
    expect(releaseObstacles()).toEqual([]);
    const files = new Set(statedVersions().map(({ file }) => file));
    expect([...files]).toEqual(
      expect.arrayContaining([
        'package.json',
        'services/api/package.json',
        'services/worker/Dockerfile',
        'charts/event-platform/Chart.yaml',
        'charts/event-platform/README.md',
        'README.md',
      ]),
    );
  });

  test('of a tag that is another version is refused', () => {
    expect(releaseObstacles('v99.0.0')).toContain(
      `the tag is v99.0.0, package.json states ${currentVersion()}`,
    );
  });
});

describe('the release workflow', () => {
  const text = readFileSync(join(repositoryRoot, '.github/workflows/release.yaml'), 'utf8');
  const step = z.object({ uses: z.string().optional(), run: z.string().optional() });
  const schema = z.object({
    permissions: z.object({}).strict(),
    jobs: z.record(z.string(), z.object({ steps: z.array(step), permissions: z.object({}) })),
  });
  const { jobs } = schema.parse(parse(text));
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  test('pins every action to one version, and gives each job its own permissions', () => {
    const actions = steps.flatMap(({ uses }) => uses ?? []);
    expect(actions.length).toBeGreaterThan(10);
    expect(actions.filter((uses) => !/@v\d+\.\d+\.\d+$/.test(uses))).toEqual([]);
  });

  test('names no registry: all come from variables of the repository', () => {
    const named = text.matchAll(/[\w.-]+\.(?:io|com|dev|org|net)\b\S*/g);
    expect(
      [...named].map(([name]) => name).filter((name) => !name.includes('example.com')),
    ).toEqual([]);
  });

  test('calls commands that exist, with their options', () => {
    const program = new Command();
    registerReleaseCommands(program);
    const known = program.commands[0]?.commands ?? [];
    const calls = [...text.replaceAll('\\\n', ' ').matchAll(/cli\.ts release (\w+)([^\n>]*)/g)];
    expect(calls.map(([, name]) => name).sort()).toEqual(['chart', 'check', 'notes']);
    for (const [, name, rest = ''] of calls) {
      const options = known.find((command) => command.name() === name)?.options ?? [];
      const used = [...rest.matchAll(/--[a-z-]+/g)].map(([option]) => option);
      expect(options.map(({ long }) => long)).toEqual(expect.arrayContaining(used));
    }
  });
});
