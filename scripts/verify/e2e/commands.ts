import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Command } from 'commander';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { repositoryRoot } from '@event-platform/cli/lib/local-state';
import { publishScaling } from './report/keep-scaling.ts';
import { printReport } from './report/print-report.ts';
import { clearResults } from './harness/results-dir.ts';
import { chooseTarget, type Target } from './target.ts';

const help = `
Against the cluster of KUBECONFIG; else against kind, where it and Docker are; else against the testbed (the first time about
half an hour for its binaries, then two minutes). A cluster of this machine is taken down again, unless it ran before. The suites install the chart in namespaces
of their own, named ep-e2e-…, and remove them. About 35 minutes on two cores.`;

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
    .option('--keep', 'leave the cluster running', false)
    .option('--publish', 'put what the scaling suite measured into docs/scaling.md', false)
    .addHelpText('after', help)
    .action(runSuites);
}

async function runSuites(suites: readonly string[], { keep, publish }: Options): Promise<void> {
  const machine = { platform: process.platform, isRoot: process.getuid?.() === 0 };
  const target = chooseTarget(process.env, machine);
  const began = performance.now();
  console.log(`Testing on ${target.name}`);
  clearResults();
  const isOwn = await bringUp(target);
  try {
    const code = await run([...target.prefix, ...jest, ...suites], {
      ...process.env,
      ...periodOf(target),
      ...target.env,
    });
    printReport((performance.now() - began) / 1_000);
    if (code !== 0) process.exitCode = 1;
    else if (publish) publishScaling();
  } finally {
    if (target.own && isOwn && !keep) await run(target.own.down);
  }
}

const jest = [
  process.execPath,
  '--experimental-vm-modules',
  '--no-warnings',
  join(repositoryRoot, 'node_modules/jest/bin/jest.js'),
  '--config',
  join(repositoryRoot, 'scripts/jest/e2e.config.mjs'),
  '--verbose',
];

/**
 * Brings a cluster of this machine up, with the images of the sources as they are now.
 *
 * @returns whether this run has to remove it: it did not exist before
 */
async function bringUp({ own }: Target): Promise<boolean> {
  if (!own) return false;
  const wasUp = (await run(own.isUp)) === 0;
  if (wasUp) console.log('The cluster runs already, so it is used as it is and left running.');
  if ((await run(own.up)) === 0) return !wasUp;
  if (!wasUp) await run(own.down);
  throw new CliError('The cluster did not come up; what it said last is above.');
}

/** How often the autoscalers of a cluster of this machine poll, for the report. */
function periodOf({ own }: Target): NodeJS.ProcessEnv {
  return own ? { HPA_SYNC_PERIOD: own.readPeriod() } : {};
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
