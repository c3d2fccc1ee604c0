import type { Command } from 'commander';
import { discardDeadLetters } from '@event-platform/core/storage/dead-letters/dead-letter-list';
import { CliError } from '../lib/cli-error.ts';
import { confirm } from '../lib/confirm.ts';
import { withShards, type DatabaseOptions } from '../lib/database-options.ts';
import { formatCount } from '../lib/table.ts';
import { locateDeadLetter } from './locate-dead-letter.ts';
import { readSelection, type SelectionOptions } from './selection.ts';

interface DiscardOptions extends SelectionOptions, DatabaseOptions {
  because: string;
}

/** `ep dead discard`: discards dead letters; they stay as rows, marked. */
export async function discard(
  accountId: string | undefined,
  eventId: string | undefined,
  options: DiscardOptions,
  command: Command,
): Promise<void> {
  const selection = readSelection(accountId, eventId, options, command);
  if (selection.kind === 'all') {
    await confirm('Every dead letter will be discarded.', options.yes);
  }
  const count = await withShards(options, async (shards) => {
    if (selection.kind === 'one') {
      const { deadLetter, source } = await locateDeadLetter(
        shards,
        selection.accountId,
        selection.eventId,
      );
      if (deadLetter.discardedAt) {
        throw new CliError(
          `This dead letter was discarded at ${deadLetter.discardedAt.toISOString()} already: there is nothing to do.`,
        );
      }
      const { accountId, eventId } = deadLetter;
      return discardDeadLetters(source.pool, { accountId, eventId }, options.because);
    }
    const { filter, limit } = selection;
    let sum = 0;
    for (const { pool } of shards.all) {
      if (sum < limit) sum += await discardDeadLetters(pool, filter, options.because, limit - sum);
    }
    return sum;
  });
  console.log(`${formatCount(count)} discarded; \`ep dead list --discarded\` shows them.`);
}
