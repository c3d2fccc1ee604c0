import { InvalidArgumentError, type Command } from 'commander';
import { isBlockedPort } from '@event-platform/core/platform/blocked-ports';
import { wholeNumberOption } from '@event-platform/cli/lib/option-parsers';
import { down } from './down.ts';
import { up, type UpOptions } from './up.ts';

const upHelp = `
Starts PostgreSQL, Redis, the api and the worker on 127.0.0.1, and stops them in order on Ctrl-C.
With --detach it returns when everything serves; a supervisor stays and restarts what dies.
Data, logs, pids.json and ports.json: see scripts/dev/local/README.md.`;

/** Two ports in a row, which this command itself, browsers and `ep send` speak HTTP with. */
function pairOfPorts(text: string): number {
  const port = wholeNumberOption(1, 65_534)(text);
  const blocked = [port, port + 1].find(isBlockedPort);
  if (blocked === undefined) return port;
  throw new InvalidArgumentError(
    `Browsers and fetch refuse port ${blocked}: choose another pair, such as 8080 and 8081.`,
  );
}

/** Adds `up` and `down`. */
export function registerLocalCommands(program: Command): void {
  program
    .command('up')
    .summary('run the whole platform on this machine')
    .description('Run the whole platform on this machine.')
    .option(
      '--port <port>',
      'port of the api; the next one shows the metrics of the worker',
      pairOfPorts,
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
