import type { Command } from 'commander';
import { wholeNumberOption } from '../lib/option-parsers.ts';
import { down } from './down.ts';
import { up, type UpOptions } from './up.ts';

const upHelp = `
Starts PostgreSQL, Redis, the api and the worker on 127.0.0.1, and stops them in order on Ctrl-C.
With --detach it returns when everything serves; a supervisor stays and restarts what dies.
Data, logs, pids.json and ports.json: see scripts/src/local/README.md.`;

/** Adds `up` and `down`. */
export function registerLocalCommands(program: Command): void {
  program
    .command('up')
    .summary('run the whole platform on this machine')
    .description('Run the whole platform on this machine.')
    .option(
      '--port <port>',
      'port of the api; the next one shows the metrics of the worker',
      wholeNumberOption(1, 65_534),
      3000,
    )
    .option('--observe', 'start Prometheus too, with the alerting rules', false)
    .option('--detach', 'return when it is up', false)
    .addHelpText('after', upHelp)
    .action((options: UpOptions) => up(options));
  program
    .command('down')
    .summary('stop what up started')
    .description('Stop what up started.')
    .option('--clean', 'remove its data and logs too', false)
    .action(({ clean }: { clean: boolean }) => down(clean));
}
