import { Option, type Command } from 'commander';
import { numberOption } from '../lib/option-parsers.ts';
import type { WatchCommandOptions } from './start-watch.ts';

const help = `
Reads only, through the API server: Deployments, pods, HorizontalPodAutoscalers, ScaledObjects and
events of the namespace, and /metrics of the pods (get pods/proxy). What it may not read it says, and
shows the rest. q or Ctrl-C ends it. Without a terminal it prints one line a change.

Examples:
  ep watch
  ep watch --namespace events --release ep --context prod
  ep watch --record burst.ndjson           then, in a clone: ep plot burst.ndjson`;

/** Adds `watch`. */
export function registerWatchCommand(program: Command): void {
  program
    .command('watch')
    .summary('watch a release in a cluster: replicas, backlog, scalers, events')
    .description('Show live what a release in a cluster does, and what scales it and why.')
    .option('-n, --namespace <name>', 'namespace; without it the one of the context, then any')
    .option('--release <name>', 'Helm release; without it the one that is there')
    .option('--context <name>', 'context of the kubeconfig; without it the current one')
    .option('--record <file>', 'write a line a second as NDJSON')
    .addOption(
      new Option('--for <seconds>', 'end by itself after this long').argParser(
        numberOption(1, 1e6),
      ),
    )
    .addHelpText('after', help)
    .action(async (options: WatchCommandOptions) => {
      // The client of Kubernetes takes half a second to load, which no other command should wait for.
      const { startWatch } = await import('./start-watch.ts');
      await startWatch(options);
    });
}
