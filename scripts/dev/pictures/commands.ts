import type { Command } from 'commander';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setAccountPolicy } from '@event-platform/core/storage/accounts/account-policies';
import { CliError } from '@event-platform/cli/lib/cli-error';
import { withShards } from '@event-platform/cli/lib/database-options';
import { interruptible } from '@event-platform/cli/lib/interruptible';
import { wholeNumberOption } from '@event-platform/cli/lib/option-parsers';
import { localState, repositoryRoot } from '@event-platform/cli/lib/local-state';
import { readPids, readPorts } from '@event-platform/cli/lib/state-files';
import { PrometheusClient } from '@event-platform/cli/lib/prometheus-client';
import { takeScreenshot } from '../observe/take-screenshot.ts';
import { plainScope } from '@event-platform/cli/slo/scope';
import { readReport } from '@event-platform/cli/slo-report/read-report';
import { writeReport } from '@event-platform/cli/slo-report/write-report';
import { hang } from './hang.ts';
import { startSteadyLoad } from './steady-load.ts';

const help = `
Makes docs/images/slo-report.png and status-page.png of a real run: a small load, in which PostgreSQL
hangs for 15% of the time, and later PostgreSQL and Redis together for 10%.

  make up OBSERVE=1 DETACH=1 && ep pictures && make down`;

/** One account of each class. */
const weights = { standard: 1, raised: 2, lowered: 0.5 } as const;

/** Chromium and the eye like different widths for prose and for tables. */
const widths = { report: 1_200, status: 900 } as const;

/** Adds `pictures`. */
export function registerPicturesCommand(program: Command): void {
  program
    .command('pictures')
    .summary('take the pictures of docs/slo.md, of a run with an outage')
    .description('Take the pictures of docs/slo.md, of a real run that contains an outage.')
    .option('--minutes <n>', 'length of the run', wholeNumberOption(10, 600), 15)
    .option('--out <folder>', 'where the pictures go', join(repositoryRoot, 'docs/images'))
    .addHelpText('after', help)
    .action(takePictures);
}

async function takePictures({ minutes, out }: { minutes: number; out: string }): Promise<void> {
  const { ports, pids, state } = running();
  const api = `http://127.0.0.1:${ports.api}`;
  const accounts = await giveClasses();
  const stopped = new CliError('Interrupted: everything goes on.');
  await interruptible(
    (signal) => runWithOutages({ minutes, api, accounts, pids, signal }),
    stopped,
  );
  const report = await readReport({
    client: new PrometheusClient(`http://127.0.0.1:${ports.prometheus}`),
    scope: plainScope,
    period: { name: `${minutes}m`, seconds: minutes * 60 },
    end: Math.floor(Date.now() / 1_000),
  });
  const { html } = writeReport(report, join(state.dir, 'reports'));
  await picture(`file://${html}`, join(out, 'slo-report.png'), widths.report);
  await picture(`${api}/status`, join(out, 'status-page.png'), widths.status);
}

interface Run {
  minutes: number;
  api: string;
  accounts: string[];
  pids: { postgres: number; redis: number };
  signal: AbortSignal;
}

/** A small load, in which servers hang twice. */
async function runWithOutages({ minutes, api, accounts, pids, signal }: Run): Promise<void> {
  const stopLoad = startSteadyLoad({ url: api, accounts, signal });
  const share = (part: number) => part * minutes * 60_000;
  const wait = (part: number) => sleep(share(part), undefined, { signal });
  try {
    say(`A small load for ${minutes} minutes`);
    await wait(0.15);
    say('PostgreSQL hangs');
    await hang([pids.postgres], share(0.15), signal);
    say('PostgreSQL goes on');
    await wait(0.3);
    say('PostgreSQL and Redis hang');
    await hang([pids.postgres, pids.redis], share(0.1), signal);
    say('Both go on');
    await wait(0.3);
  } finally {
    stopLoad();
  }
}

/** @throws CliError when not everything that is needed runs */
function running() {
  const state = localState();
  const [ports, pids] = [readPorts(state), readPids(state)];
  if (!ports?.prometheus || !pids?.prometheus || !pids.postgres || !pids.redis) {
    throw new CliError('It is not up with Prometheus: `make up OBSERVE=1 DETACH=1` first.');
  }
  return { ports, state, pids: { postgres: pids.postgres, redis: pids.redis } };
}

/** @returns the accounts */
async function giveClasses(): Promise<string[]> {
  const named = Object.entries(weights).map(([name, weight]) => ({
    accountId: `pictures-${name}`,
    eventsPerMinute: null,
    maxPendingEvents: null,
    weight,
  }));
  await withShards({}, async ({ directory }) => {
    for (const policy of named) await setAccountPolicy(directory, policy);
  });
  return named.map(({ accountId }) => accountId);
}

async function picture(url: string, file: string, width: number): Promise<void> {
  await takeScreenshot({ url, file, width });
  say(`Written: ${file}`);
}

function say(text: string): void {
  console.log(`${new Date().toISOString().slice(11, 19)}  ${text}`);
}
