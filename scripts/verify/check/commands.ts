import { Option, type Command } from 'commander';
import { apiUrlOption } from '@event-platform/cli/lib/api-url-option';
import { addDatabaseOptions } from '@event-platform/cli/lib/database-options';
import { numberOption, wholeNumberOption } from '@event-platform/cli/lib/option-parsers';
import { addQueueOptions } from '@event-platform/cli/lib/redis-options';
import { structureCommand, type StructureOptions } from '../fuzz-structure/structure-command.ts';
import {
  compareCommand,
  runCommand,
  type CompareOptions,
  type RunOptions,
} from './check-command.ts';

const help = `
Accepted events have to be stored or dead, once, with the content that was sent; nothing else may be
there; roll-ups equal their rows; the queue is empty; the ledger balances, which an api that runs keeps up to date. Only accounts of the journal are looked at.

Exit code 0: all of that holds. 1: not so. 2: usage.

Examples:
  ep check run --seconds 60 --rate 500       meanwhile, kill and restart what you like
  ep check compare check-journal.ndjson      compare again, at any time
  ep check structure --requests 20000        odd structures, against an api and a worker of 512 MiB of its own`;

/** Adds `check run`, `check compare` and `check structure`. */
export function registerCheckCommands(program: Command): void {
  const check = program
    .command('check')
    .summary('prove that nothing accepted is lost, doubled or altered')
    .description('Send a load, record every attempt, and hold what is stored against the record.')
    .addHelpText('after', help);
  addServerOptions(check.command('run'))
    .description('Send events at a steady rate, wait for the queue, then compare.')
    .addOption(apiUrlOption())
    .addOption(new Option('--key <key>', 'API key, where the api wants one').env('EP_API_KEY'))
    .option('--rate <events>', 'events a second', wholeNumberOption(1, 100_000), 200)
    .option('--batch <events>', 'events a request', wholeNumberOption(1, 1_000), 10)
    .option('--accounts <n>', 'how many accounts they are of', wholeNumberOption(1, 10_000), 10)
    .option('--seconds <n>', 'how long; Ctrl-C ends it sooner', numberOption(1, 86_400), 30)
    .option('--duplicates <share>', 'posted twice, from 0 to 1', numberOption(0, 1), 0.1)
    .option('--wait <share>', 'ask for stored, from 0 to 1', numberOption(0, 1), 0)
    .option('--journal <file>', 'where the attempts are recorded', 'check-journal.ndjson')
    .action(async (options: RunOptions) => {
      if (!(await runCommand(options))) process.exitCode = 1;
    });
  check
    .command('structure')
    .description(
      'Send bodies by structure (depth, width, lines, numbers, gzip, pieces) to servers of its own, held to the memory of the chart.',
    )
    .option('--requests <n>', 'how many', wholeNumberOption(1), 20_000)
    .option('--seed <n>', 'the same requests for the same seed', wholeNumberOption(0, 1_000_000), 1)
    .option('--memory-mib <n>', 'of the api, and of the worker', wholeNumberOption(64), 512)
    .option('--seconds <n>', 'begin nothing after so long', wholeNumberOption(1), 3_600)
    .action(async (options: StructureOptions) => {
      if (!(await structureCommand(options))) process.exitCode = 1;
    });
  addServerOptions(check.command('compare'))
    .description('Compare what is stored with a journal.')
    .argument('<journal>', 'as `ep check run` wrote it')
    .action(async (journal: string, options: CompareOptions) => {
      if (!(await compareCommand(journal, options))) process.exitCode = 1;
    });
}

function addServerOptions(command: Command): Command {
  return addQueueOptions(addDatabaseOptions(command)).option(
    '--rest-seconds <n>',
    'how long to wait for the queue, and for the ledger',
    numberOption(0, 3_600),
    120,
  );
}
