import { InvalidArgumentError, type Command } from 'commander';
import { isBlockedPort } from '@event-platform/core/platform/blocked-ports';
import { wholeNumberOption } from '@event-platform/cli/lib/option-parsers';
import { down } from './down.ts';
import { up, type UpOptions } from './up.ts';

const upHelp = `
Starts PostgreSQL, Redis, api, worker and maintainer on 127.0.0.1, and stops them in order on Ctrl-C.
With --detach it returns when everything serves; a supervisor stays and restarts what ends.
Data, logs, pids.json and ports.json: see scripts/dev/local/README.md.`;

/** The first of three ports in a row, on which this command, browsers and `ep send` speak HTTP. */
function firstPort(text: string): number {
  const port = wholeNumberOption(1, 65_533)(text);
  const blocked = [port, port + 1, port + 2].find(isBlockedPort);
  if (blocked === undefined) return port;
  throw new InvalidArgumentError(
    `Browsers and fetch refuse port ${blocked}: choose others, such as 8080 to 8082.`,
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
      'port of the api; the next two show the metrics of worker and maintainer',
      firstPort,
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
