import { Option, type Command } from 'commander';
import { addDatabaseOptions } from '../lib/database-options.ts';
import { textOption, wholeNumberOption } from '../lib/option-parsers.ts';
import { discard } from './discard.ts';
import { list, show } from './list.ts';
import { replay } from './replay.ts';

const replayHelp = `
An event that is stored, or already was, loses its letter; one that PostgreSQL refuses again keeps
it. Discarded letters are replayed only when named one by one. --dry-run does everything in a
transaction and rolls it back.

Examples:
  ep dead replay UA UA1545-EWR-20130101-0515
  ep dead replay --account UA --dry-run
  ep dead replay --all --yes`;

const discardHelp = `
The letters stay in the database, marked with the time and the reason; \`ep dead list --discarded\`
shows them, and \`ep dead replay ACCOUNT EVENT_ID\` still stores one.

Examples:
  ep dead discard UA UA1545-EWR-20130101-0515 --reason 'test data'
  ep dead discard --account demo --reason 'the account was closed'`;

/** Adds `dead list`, `dead show`, `dead replay` and `dead discard`. */
export function registerDeadCommands(program: Command): void {
  const dead = program
    .command('dead')
    .description('Look at events that could not be stored; store them after all, or give them up.');

  addDatabaseOptions(
    dead
      .command('list')
      .description('List dead letters, latest first.')
      .option('--account <id>', 'of this account only', textOption(255))
      .option('--reason <code>', 'with this reason only, such as data_error')
      .option('--discarded', 'those that were given up, instead of the others', false)
      .option('--limit <n>', 'how many', wholeNumberOption(1, 10_000), 50),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  ep dead list\n  ep dead list --account UA --reason data_error',
    )
    .action(list);

  addDatabaseOptions(
    dead
      .command('show')
      .description('Show one dead letter whole, with what PostgreSQL said.')
      .argument('<account>')
      .argument('<event-id>'),
  )
    .addHelpText('after', '\nExample:\n  ep dead show UA UA1545-EWR-20130101-0515')
    .action(show);

  addDatabaseOptions(
    addSelection(dead.command('replay'))
      .description('Store dead events after all.')
      .option('--dry-run', 'say what would happen, and change nothing', false),
  )
    .addHelpText('after', replayHelp)
    .action(replay);

  addDatabaseOptions(
    addSelection(dead.command('discard'))
      .description('Give dead events up, with a reason.')
      .requiredOption('--reason <text>', 'why; kept with the letter', textOption(1_000)),
  )
    .addHelpText('after', discardHelp)
    .action(discard);
}

/** One letter by its two names, those of an account, or all. */
function addSelection(command: Command): Command {
  return command
    .argument('[account]')
    .argument('[event-id]')
    .option('--account <id>', 'every letter of this account', textOption(255))
    .addOption(new Option('--all', 'every letter there is').conflicts('account').default(false))
    .option('--yes', 'do not ask before --all', false);
}
