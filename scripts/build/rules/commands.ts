import type { Command } from 'commander';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { dashboardFiles } from '../monitoring/dashboards/dashboard-files.ts';
import { refreshDocs } from '../docs/commands.ts';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';
import { allCases } from '../monitoring/cases/all-cases.ts';
import { checkRules, type PromtoolOutcome } from '../monitoring/promtool.ts';
import { plainRulesPath, ruleFiles } from '../monitoring/rule-files.ts';
import { runCases } from '../monitoring/cases/run-cases.ts';

const help = `
Writes charts/event-platform/rules and dashboards, and the tables of alerts and objectives in docs/,
from scripts/build/monitoring and scripts/build/monitoring/dashboards; then runs every case of every alert through promtool.
With --check nothing is written; exit code 1 when a file differs or a case fails.`;

/** Adds `rules`. */
export function registerRulesCommand(program: Command): void {
  program
    .command('rules')
    .summary('write the alerting rules and dashboards, and test the rules')
    .description('Write the alerting rules and dashboards from their source, and test the rules.')
    .option('--check', 'name what differs instead of writing it', false)
    .addHelpText('after', help)
    .action(async ({ check }: { check: boolean }) => {
      const stale = [
        ...refreshGenerated(check ? () => undefined : writeFile),
        ...refreshDocs(check ? () => undefined : writeFileSync),
      ];
      for (const name of stale) console.log(`${check ? 'differs' : 'written'}  ${name}`);
      const outcomes = {
        'promtool check rules': checkRules(plainRulesPath),
        [`promtool test rules: ${allCases.length} cases`]: await runCases(),
      };
      const hasPassed = Object.entries(outcomes).map(report);
      if (hasPassed.includes(false) || (check && stale.length > 0)) process.exitCode = 1;
    });
}

/**
 * Brings rules and dashboards up to date.
 *
 * @param write called with the path and new text of each file that differs
 * @returns the paths that differed, from the root of the repository
 */
export function refreshGenerated(write: (path: string, text: string) => void): string[] {
  const files = Object.entries({ ...ruleFiles(), ...dashboardFiles() });
  const stale = files.filter(
    ([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text,
  );
  for (const [path, text] of stale) write(path, text);
  return stale.map(([path]) => relative(repositoryRoot, path));
}

function writeFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function report([name, { ok, said }]: [string, PromtoolOutcome]): boolean {
  console.log(`${ok ? 'ok     ' : 'FAILED '}  ${name}`);
  if (!ok) console.log(said);
  return ok;
}
