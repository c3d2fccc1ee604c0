import type { Command } from 'commander';
import { CliError } from '../lib/cli-error.ts';
import { describeError } from '../lib/explain-error.ts';
import { wholeNumberOption } from '../lib/option-parsers.ts';
import { addQueueOptions, resolveRedis, type QueueOptions } from '../lib/redis-options.ts';
import { formatCount } from '../lib/table.ts';
import { setPaused } from './pause-queue.ts';

interface PauseOptions extends QueueOptions {
  namespace?: string;
  release?: string;
  context?: string;
  pods?: number;
}

const help = `
The api goes on accepting events; workers finish what they hold and take no more. With --namespace KEDA is held
too, which would start pods for a backlog that nobody may take.

Examples:
  ep queue pause
  ep queue pause --namespace events --redis-url redis://127.0.0.1:6379
  ep queue resume --namespace events --redis-url redis://127.0.0.1:6379`;

/** Adds `queue pause` and `queue resume`. */
export function registerQueueCommands(program: Command): void {
  const queue = program.command('queue').description('Stop and start the taking of jobs.');
  addOptions(queue.command('pause').description('Let workers take no further jobs.'))
    .option('--pods <n>', 'workers to keep meanwhile', wholeNumberOption(0, 10_000), 0)
    .addHelpText('after', help)
    .action((options: PauseOptions) => change(options, true));
  addOptions(queue.command('resume').description('Let workers take jobs again.'))
    .addHelpText('after', help)
    .action((options: PauseOptions) => change(options, false));
}

function addOptions(command: Command): Command {
  return addQueueOptions(command)
    .option('-n, --namespace <name>', 'namespace of the release whose scaler is held too')
    .option('--release <name>', 'Helm release; without it the one that is there')
    .option('--context <name>', 'context of the kubeconfig; without it the current one');
}

async function change(options: PauseOptions, isPaused: boolean): Promise<void> {
  const place = {
    redisUrl: resolveRedis(options),
    prefix: options.redisPrefix,
    queue: options.queueName,
  };
  const waiting = await setPaused(place, isPaused);
  console.log(
    `The queue ${place.queue} ${isPaused ? 'is paused' : 'goes on'}: ${formatCount(waiting)} jobs wait.`,
  );
  if (options.namespace !== undefined) {
    await changeScaler(options, options.namespace, isPaused ? (options.pods ?? 0) : undefined);
  } else if (isPaused) {
    console.log('Its scaler was not told: in a cluster, add --namespace.');
  }
}

async function changeScaler(
  { release, context }: PauseOptions,
  namespace: string,
  pods: number | undefined,
): Promise<void> {
  // The client of Kubernetes takes half a second to load, which no other command should wait for.
  const [{ findRelease }, { loadKubeConfig }, { createApiClient }, { holdScaler }] =
    await Promise.all([
      import('../watch/cluster/find-release.ts'),
      import('../watch/cluster/load-kube-config.ts'),
      import('../watch/cluster/api-client.ts'),
      import('./hold-scaler.ts'),
    ]);
  const kubeConfig = loadKubeConfig(context);
  const api = createApiClient(kubeConfig);
  try {
    const wanted = { namespace, usualNamespace: namespace, release };
    const names = await holdScaler(kubeConfig, await findRelease(api, wanted), pods);
    const what = pods === undefined ? 'scales again' : `holds the workers at ${pods}`;
    console.log(`The scaler ${names.join(', ')} ${what}.`);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(
      `The queue is changed and the scaler is not (${describeError(error).what}): try again.`,
      { cause: error },
    );
  } finally {
    api.close();
  }
}
