import type { Command } from 'commander';
import { eachDeadLetter, type DeadLetter } from '@event-platform/shared/database/dead-letter-list';
import {
  rehearseReplay,
  replayDeadLetter,
  type ReplayOutcome,
} from '@event-platform/shared/database/dead-letter-replay';
import type { Shard, ShardMap } from '@event-platform/shared/database/shards';
import { confirm } from '../lib/confirm.ts';
import { withShards } from '../lib/database-options.ts';
import { formatCount, printable } from '../lib/table.ts';
import { findLetter } from './find-letter.ts';
import { readSelection, type Selection, type SelectionOptions } from './selection.ts';

interface ReplayOptions extends SelectionOptions {
  dryRun: boolean;
}

const words: Record<ReplayOutcome['kind'], { done: string; rehearsed: string }> = {
  stored: { done: 'stored', rehearsed: 'would-store' },
  duplicate: { done: 'duplicate', rehearsed: 'duplicate' },
  dead: { done: 'dead again', rehearsed: 'would-fail' },
  unreadable: { done: 'not an event', rehearsed: 'not an event' },
};

/** `ep dead replay`: one line for each letter, then the sums. Exit code 1 when a letter is left. */
export async function replay(
  accountId: string | undefined,
  eventId: string | undefined,
  options: ReplayOptions,
  command: Command,
): Promise<void> {
  const selection = readSelection(accountId, eventId, options, command);
  const { dryRun } = options;
  if (selection.kind === 'all' && !dryRun) {
    await confirm('Every dead letter will be stored again if PostgreSQL takes it.', options.yes);
  }
  const sums = new Map<string, number>();
  await withShards(options, async (shards) => {
    for await (const { letter, source } of selected(shards, selection)) {
      const outcome = dryRun
        ? await rehearseReplay(shards, letter)
        : await replayDeadLetter(shards, source, letter);
      const word = words[outcome.kind][dryRun ? 'rehearsed' : 'done'];
      sums.set(word, (sums.get(word) ?? 0) + 1);
      if (outcome.kind === 'dead' || outcome.kind === 'unreadable') process.exitCode = 1;
      console.log(formatOutcome(letter, word, outcome));
    }
  });
  const sentence = [...sums].map(([word, count]) => `${formatCount(count)} ${word}`).join(', ');
  console.log(sentence === '' ? 'There are no such dead letters.' : `\n${sentence}.`);
}

async function* selected(
  shards: ShardMap,
  selection: Selection,
): AsyncGenerator<{ letter: DeadLetter; source: Shard }> {
  if (selection.kind === 'one') {
    yield await findLetter(shards, selection.accountId, selection.eventId);
    return;
  }
  const accountId = selection.kind === 'account' ? selection.accountId : undefined;
  for (const source of shards.all) {
    for await (const letter of eachDeadLetter(source.pool, { accountId, isDiscarded: false })) {
      yield { letter, source };
    }
  }
}

function formatOutcome(letter: DeadLetter, word: string, outcome: ReplayOutcome): string {
  const line = `${word.padEnd(12)} ${letter.accountId} ${letter.eventId}`;
  if (outcome.kind !== 'dead') return printable(line);
  return printable(`${line}  ${outcome.sqlstate ?? ''}: ${outcome.message}`);
}
