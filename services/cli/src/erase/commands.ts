import type { Command } from 'commander';
import { addDatabaseOptions } from '../lib/database-options.ts';
import { textOption, wholeNumberOption } from '../lib/option-parsers.ts';
import { addQueueOptions } from '../lib/redis-options.ts';
import { eraseCommand, type EraseCommandOptions } from './erase-command.ts';

const help = `
First stop the sender: revoke the account's keys, or stop whatever sends the user's events. Events that wait in the queue
are stored before they are erased. Roll-ups, summaries and the ledger are exact afterwards. Ctrl-C ends it between two
batches; the same command continues from there, and may be repeated at any time. Keep the receipt: after a backup is
restored, run the same command again. An event that is sent again afterwards is stored as a new one.

Exit code 1 when something was not reached, or arrived meanwhile: the receipt names it.

Examples:
  ep erase --account demo --user ada --dry-run
  ep erase --account demo --user ada --yes > receipt.md
  ep erase --account demo --keys --yes --json > receipt.json`;

/** Adds `erase`. */
export function registerEraseCommand(program: Command): void {
  addQueueOptions(addDatabaseOptions(program.command('erase')))
    .summary('erase all data of an account, or of one user')
    .description('Erase all data of an account, or of one user of it, and print a receipt.')
    .requiredOption('--account <id>', 'the account', textOption(255))
    .option('--user <id>', 'only this user of the account', textOption(255))
    .option('--keys', 'also keys and limits of the account', false)
    .option('--unreadable', 'also dead letters of unreadable jobs that name it, in full', false)
    .option('--wait <seconds>', 'for its events in the queue', wholeNumberOption(0, 86_400), 300)
    .option('--dry-run', 'print what is stored, and change nothing', false)
    .option('--yes', 'do not ask for confirmation', false)
    .option('--json', 'the receipt as JSON', false)
    .addHelpText('after', help)
    .action((options: EraseCommandOptions, command: Command) => {
      const { user, keys } = options;
      if (user !== undefined && keys) {
        command.error('error: --keys is for a whole account; leave --user out');
      }
      return eraseCommand(options);
    });
}
