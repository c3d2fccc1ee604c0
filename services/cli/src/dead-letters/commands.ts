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
The event is validated like one that is posted. The original stays beside it; \`ep dead show\` shows both, and a replay
stores the edited one.

Examples:
  ep dead show UA UA1545-EWR-20130101-0515 --event > event.json
  ep dead edit UA UA1545-EWR-20130101-0515 event.json
  ep dead edit UA UA1545-EWR-20130101-0515 --undo`;

const replayHelp = `
The dead letter of an event that is stored, or already was, is deleted; that of an event that PostgreSQL refuses again
stays. Discarded dead letters are replayed only when named one by one. --dry-run does everything in a transaction and
rolls it back. Live events have priority: while more than --yield-above jobs wait in Redis, the replay waits. Ctrl-C ends
it between two dead letters; the same command continues from there.

Examples:
  ep dead replay UA UA1545-EWR-20130101-0515
  ep dead replay --account UA --type departed --dry-run
  ep dead replay --all --yes --rate 1000`;

const requeueHelp = `
A dead letter with the reason job_unreadable holds a whole job. A job of this version, or of a newer one, is put back at the
head of the queue, and its dead letter is deleted. Start workers that can read it first: without them it waits there, and
\`ep dead list\` no longer shows it.

Examples:
  ep dead requeue --reason job_unreadable --dry-run
  ep dead requeue unknown job-17-1795852800000
  ep dead requeue --all --yes`;

const discardHelp = `
The dead letters stay in the database, marked with the time and the reason; \`ep dead list --discarded\`
shows them, and \`ep dead replay ACCOUNT EVENT_ID\` still stores one.

Examples:
  ep dead discard UA UA1545-EWR-20130101-0515 --because 'test data'
  ep dead discard --account demo --because 'the account was closed'`;

/** Adds `dead list`, `show`, `edit`, `replay`, `requeue` and `discard`. */
export function registerDeadLetterCommands(program: Command): void {
  const dead = program
    .command('dead')
    .description('List events that could not be stored; correct, store or discard them.');

  addDatabaseOptions(addFilter(dead.command('list')))
    .description('List dead letters, latest first.')
    .option('--discarded', 'discarded ones instead of the others', false)
    .option('--limit <n>', 'how many', wholeNumberOption(1, 10_000), 50)
    .addHelpText('after', listHelp)
    .action(list);

  addDatabaseOptions(dead.command('show').argument('<account>').argument('<event-id>'))
    .description('Show one dead letter in full, with the error of PostgreSQL.')
    .option('--event', 'only the event, as input of `ep dead edit`', false)
    .addHelpText('after', showHelp)
    .action(show);

  addDatabaseOptions(dead.command('edit').argument('<account>').argument('<event-id>'))
    .argument('[file]', 'the event as JSON; without it standard input')
    .description('Correct the event of a dead letter, and keep the original.')
    .option('--undo', 'remove the edit', false)
    .addHelpText('after', editHelp)
    .action(edit);

  addQueueOptions(addDatabaseOptions(addSelection(dead.command('replay'))))
    .description('Store the events of dead letters.')
    .option('--dry-run', 'print what would happen, and change nothing', false)
    .option('--rate <events>', 'events a second at most', wholeNumberOption(1, 100_000), 200)
    .option(
      '--yield-above <jobs>',
      'wait while more live jobs than this wait',
      wholeNumberOption(0),
      100,
    )
    .option('--no-yield', 'do not use Redis, and do not wait for live events')
    .addHelpText('after', replayHelp)
    .action(replay);

  addQueueOptions(addDatabaseOptions(addSelection(dead.command('requeue'))))
    .description('Put unreadable jobs back into the queue.')
    .option('--dry-run', 'print what would happen, and change nothing', false)
    .option(
      '--attempts <n>',
      'attempts before it is a dead letter again',
      wholeNumberOption(1, 100),
      5,
    )
    .addHelpText('after', requeueHelp)
    .action(requeue);

  addDatabaseOptions(addSelection(dead.command('discard')))
    .description('Discard dead letters, with a reason.')
    .requiredOption('--because <text>', 'the reason; kept with the dead letter', textOption(1_000))
    .addHelpText('after', discardHelp)
    .action(discard);
}
