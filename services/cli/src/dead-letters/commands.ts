import type { Command } from 'commander';
import { addDatabaseOptions } from '../lib/database-options.ts';
import { textOption, wholeNumberOption } from '../lib/option-parsers.ts';
import { addQueueOptions } from '../lib/redis-options.ts';
import { discard } from './discard.ts';
import { edit } from './edit.ts';
import { list } from './list.ts';
import { replay } from './replay.ts';
import { requeue } from './requeue.ts';
import { addFilter, addSelection } from './selection.ts';
import { show } from './show.ts';

const listHelp = `
Examples:
  ep dead list
  ep dead list --account UA --reason data_error --since 2026-11-23T00:00:00Z`;

const showHelp = `
Examples:
  ep dead show UA UA1545-EWR-20130101-0515
  ep dead show UA UA1545-EWR-20130101-0515 --event > event.json`;

const editHelp = `
The event is judged like one that is posted. The original stays beside it, \`ep dead show\` shows
both, and a replay stores the edited one.

Examples:
  ep dead show UA UA1545-EWR-20130101-0515 --event > event.json
  ep dead edit UA UA1545-EWR-20130101-0515 event.json
  ep dead edit UA UA1545-EWR-20130101-0515 --undo`;

const replayHelp = `
An event that is stored, or already was, loses its letter; one that PostgreSQL refuses again keeps
it. Discarded letters are replayed only when named one by one. --dry-run does everything in a
transaction and rolls it back. Live events go first: while more than --yield-above jobs wait in Redis
the replay waits, too. Ctrl-C ends it between two letters; the same command goes on from there.

Examples:
  ep dead replay UA UA1545-EWR-20130101-0515
  ep dead replay --account UA --type departed --dry-run
  ep dead replay --all --yes --rate 1000`;

const requeueHelp = `
A letter with the reason job_unreadable holds a whole job. Where it is one of this version, or of a newer
one, it goes back to the head of the queue and the letter goes. Start workers that can read it first: with
none that can, it waits there, and \`ep dead list\` no longer shows it.

Examples:
  ep dead requeue --reason job_unreadable --dry-run
  ep dead requeue unknown job-17-1795852800000
  ep dead requeue --all --yes`;

const discardHelp = `
The letters stay in the database, marked with the time and the reason; \`ep dead list --discarded\`
shows them, and \`ep dead replay ACCOUNT EVENT_ID\` still stores one.

Examples:
  ep dead discard UA UA1545-EWR-20130101-0515 --because 'test data'
  ep dead discard --account demo --because 'the account was closed'`;

/** Adds `dead list`, `show`, `edit`, `replay`, `requeue` and `discard`. */
export function registerDeadLetterCommands(program: Command): void {
  const dead = program
    .command('dead')
    .description('Look at events that could not be stored; store them after all, or give them up.');

  addDatabaseOptions(addFilter(dead.command('list')))
    .description('List dead letters, latest first.')
    .option('--discarded', 'those that were given up, instead of the others', false)
    .option('--limit <n>', 'how many', wholeNumberOption(1, 10_000), 50)
    .addHelpText('after', listHelp)
    .action(list);

  addDatabaseOptions(dead.command('show').argument('<account>').argument('<event-id>'))
    .description('Show one dead letter whole, with what PostgreSQL said.')
    .option('--event', 'only the event, as `ep dead edit` takes it', false)
    .addHelpText('after', showHelp)
    .action(show);

  addDatabaseOptions(dead.command('edit').argument('<account>').argument('<event-id>'))
    .argument('[file]', 'the event as JSON; without it standard input')
    .description('Mend a dead event, and keep the original.')
    .option('--undo', 'take the edit back', false)
    .addHelpText('after', editHelp)
    .action(edit);

  addQueueOptions(addDatabaseOptions(addSelection(dead.command('replay'))))
    .description('Store dead events after all.')
    .option('--dry-run', 'say what would happen, and change nothing', false)
    .option('--rate <events>', 'events a second at most', wholeNumberOption(1, 100_000), 200)
    .option(
      '--yield-above <jobs>',
      'wait while more live jobs than this wait',
      wholeNumberOption(0),
      100,
    )
    .option('--no-yield', 'do not ask Redis, and wait for no live events')
    .addHelpText('after', replayHelp)
    .action(replay);

  addQueueOptions(addDatabaseOptions(addSelection(dead.command('requeue'))))
    .description('Put whole jobs that no worker could read back into the queue.')
    .option('--dry-run', 'say what would happen, and change nothing', false)
    .option('--attempts <n>', 'tries before it is a letter again', wholeNumberOption(1, 100), 5)
    .addHelpText('after', requeueHelp)
    .action(requeue);

  addDatabaseOptions(addSelection(dead.command('discard')))
    .description('Give dead events up, with a reason.')
    .requiredOption('--because <text>', 'why; kept with the letter', textOption(1_000))
    .addHelpText('after', discardHelp)
    .action(discard);
}
