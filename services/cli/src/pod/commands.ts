import { Option, type Command } from 'commander';
import { CliError } from '../lib/cli-error.ts';
import { describeError } from '../lib/explain-error.ts';
import { localState } from '../lib/local-state.ts';
import { wholeNumberOption } from '../lib/option-parsers.ts';
import { readPorts } from '../lib/state-files.ts';

interface PodOptions {
  port?: number;
}

const metricsHelp = `
Reads http://127.0.0.1:PORT/metrics of the pod that it runs in.

Examples:
  ep metrics queue_pending
  kubectl -n "$NS" exec deploy/"$RELEASE"-api -- ep metrics queue_pending`;

const timeoutMs = 5_000;
/** Where the chart serves metrics and health. */
const chartPort = 9_090;

/** Adds `metrics` and `ready`, which read the operational port of the process beside them. */
export function registerPodCommands(program: Command): void {
  program
    .command('metrics')
    .summary('show the metrics of this pod')
    .description('Print the samples of this pod whose names begin with a word.')
    .argument('[name]', 'beginning of the names; without it, all')
    .addOption(portOption())
    .addHelpText('after', metricsHelp)
    .action(async (name: string | undefined, options: PodOptions) => {
      const { text } = await read('/metrics', options);
      const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      const found = samples.filter((line) => line.startsWith(name ?? ''));
      if (found.length === 0) throw new CliError(`This pod exports no metric ${name ?? ''}….`);
      console.log(found.join('\n'));
    });
  program
    .command('ready')
    .summary('show whether this pod is ready, and why not')
    .description('Print the readiness of this pod as JSON. Exit code 1 when it is not ready.')
    .addOption(portOption())
    .action(async (options: PodOptions) => {
      const { status, text } = await read('/healthz/ready', options);
      console.log(text);
      if (status !== 200) process.exitCode = 1;
    });
}

function portOption(): Option {
  return new Option('--port <port>', 'operational port; without it the one of `make up`, or 9090')
    .env('OPS_PORT')
    .argParser(wholeNumberOption(1, 65_535));
}

async function read(path: string, { port }: PodOptions): Promise<{ status: number; text: string }> {
  const address = `http://127.0.0.1:${port ?? readPorts(localState())?.ops ?? chartPort}${path}`;
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(timeoutMs) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    throw new CliError(`No service answers at ${address} (${describeError(error).what}).`, {
      cause: error,
    });
  }
}
