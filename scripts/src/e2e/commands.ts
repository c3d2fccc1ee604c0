import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Command } from 'commander';
import { CliError } from '../lib/cli-error.ts';
import { repositoryRoot } from '../local/local-state.ts';
import { printScaling, publishScaling } from './report/keep-scaling.ts';
import { chooseTarget } from './target.ts';

const help = `
Against the cluster of KUBECONFIG, else against the testbed, which is brought up (the first time about
ten minutes for its binaries, then two) and taken down again. The suites install the chart in namespaces
of their own, named ep-e2e-…, and remove them. About 20 minutes on two cores.`;

interface Options {
  keep: boolean;
  publish: boolean;
}

/** Adds `e2e`. */
export function registerEndToEndCommand(program: Command): void {
  program
    .command('e2e')
    .summary('prove the chart on a real cluster')
    .description('Install the chart on a real cluster, scale it, break it, and count every event.')
    .argument('[suites...]', 'only suites whose file name contains one of these words')
    .option('--keep', 'leave the testbed running', false)
    .option('--publish', 'put what the scaling suite measured into docs/scaling.md', false)
    .addHelpText('after', help)
    .action(runSuites);
}

async function runSuites(suites: readonly string[], { keep, publish }: Options): Promise<void> {
  const machine = { platform: process.platform, isRoot: process.getuid?.() === 0 };
  const target = chooseTarget(process.env, machine);
  console.log(`Testing on ${target.name}`);
  try {
    if (target.up && (await run([target.up])) !== 0) {
      throw new CliError('The testbed did not come up; what it said last is above.');
    }
    const env = { ...process.env, ...target.env };
    const jest = [
      process.execPath,
      '--experimental-vm-modules',
      '--no-warnings',
      join(repositoryRoot, 'node_modules/jest/bin/jest.js'),
      '--config',
      join(repositoryRoot, 'scripts/jest/e2e.config.mjs'),
      '--verbose',
      ...suites,
    ];
    const code = await run([...target.prefix, ...jest], env);
    printScaling();
    if (code !== 0) process.exitCode = 1;
    else if (publish) publishScaling();
  } finally {
    if (target.down && !keep) await run([target.down]);
  }
}

/**
 * Runs a program with this terminal and resolves with its exit code. Who ends us ends it, and we go on
 * to clear up.
 */
async function run([file = '', ...args]: readonly string[], env = process.env): Promise<number> {
  const child = spawn(file, args, { stdio: 'inherit', env, cwd: repositoryRoot });
  const end = (signal: NodeJS.Signals) => child.kill(signal);
  process.on('SIGINT', end).on('SIGTERM', end);
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return code ?? 1;
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
  }
}
