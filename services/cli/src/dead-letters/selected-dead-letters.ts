import {
  countDeadLetters,
  eachDeadLetter,
} from '@event-platform/core/storage/dead-letters/dead-letter-list';
import type { ShardMap } from '@event-platform/core/storage/placement/shards';
import { locateDeadLetter, type SelectedDeadLetter } from './locate-dead-letter.ts';
import type { Selection } from './selection.ts';

/** The number of dead letters that `eachSelected` would yield now. */
export async function countSelected(shards: ShardMap, selection: Selection): Promise<number> {
  if (selection.kind === 'one') return 1;
  let sum = 0;
  for (const { pool } of shards.all) {
    sum += await countDeadLetters(pool, { ...selection.filter, isDiscarded: false });
  }
  return Math.min(sum, selection.limit);
}

/**
 * The dead letters that a command applies to, shard by shard.
 *
 * @throws CliError when the one that is named is not there
 */
export async function* eachSelected(
  shards: ShardMap,
  selection: Selection,
): AsyncGenerator<SelectedDeadLetter> {
  if (selection.kind === 'one') {
    yield await locateDeadLetter(shards, selection.accountId, selection.eventId);
    return;
  }
  let given = 0;
  for (const source of shards.all) {
    const filter = { ...selection.filter, isDiscarded: false };
    for await (const deadLetter of eachDeadLetter(source.pool, filter)) {
      if (given++ >= selection.limit) return;
      yield { deadLetter, source };
    }
  }
}
