import {
  findDeadLetter,
  type DeadLetter,
} from '@event-platform/core/storage/dead-letters/dead-letter-list';
import type { Shard, ShardMap } from '@event-platform/core/storage/placement/shards';
import { CliError } from '../lib/cli-error.ts';

/** A dead letter and the shard that it is on. */
export interface SelectedDeadLetter {
  deadLetter: DeadLetter;
  source: Shard;
}

/**
 * Finds a dead letter on the shard of its account, else on the others: the account may have moved.
 *
 * @throws CliError when there is none
 */
export async function locateDeadLetter(
  shards: ShardMap,
  accountId: string,
  eventId: string,
): Promise<SelectedDeadLetter> {
  const home = shards.forAccount(accountId);
  for (const source of [home, ...shards.all.filter((shard) => shard !== home)]) {
    const deadLetter = await findDeadLetter(source.pool, accountId, eventId);
    if (deadLetter) return { deadLetter, source };
  }
  throw new CliError(
    `There is no dead letter of event ${eventId} in account ${accountId}: \`ep dead list --account ${accountId}\` lists what exists.`,
  );
}
