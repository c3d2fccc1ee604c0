import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';

const folder = join(repositoryRoot, 'load-tests/scenarios');

/** Names of all scenarios: every script in load-tests/scenarios is one. */
export function scenarioNames(): string[] {
  return globSync('*.ts', { cwd: folder })
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => basename(file, '.ts'))
    .sort();
}

/** @throws CliError with the names that there are */
export function scenarioFile(name: string): string {
  const names = scenarioNames();
  if (names.includes(name)) return join(folder, `${name}.ts`);
  throw new CliError(`There is no scenario ${name}: choose one of ${names.join(', ')}.`);
}
