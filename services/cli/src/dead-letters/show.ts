import type { DeadLetter } from '@event-platform/core/storage/dead-letters/dead-letter-list';
import { readReceipt } from '@event-platform/core/storage/read/read-receipt';
import { withShards, type DatabaseOptions } from '../lib/database-options.ts';
import { printable } from '../lib/table.ts';
import { eventOfRow } from './event-of-letter.ts';
import { findLetter } from './find-letter.ts';
import { whyOf } from './list.ts';

interface ShowOptions extends DatabaseOptions {
  event: boolean;
}

/** `ep dead show`: everything that is known of one letter. */
export async function show(
  accountId: string,
  eventId: string,
  options: ShowOptions,
): Promise<void> {
  await withShards(options, async (shards) => {
    const { letter, source } = await findLetter(shards, accountId, eventId);
    if (options.event) {
      const row = letter.editedRow ?? letter.row;
      console.log(JSON.stringify(eventOfRow(row) ?? row, null, 2));
      return;
    }
    const receipt = await readReceipt(shards.forAccount(accountId), accountId, eventId);
    const stored = receipt?.status === 'stored' ? `yes, at ${receipt.stored_at ?? ''}` : 'no';
    console.log(formatFacts({ ...factsOf(letter), shard: source.name, stored }));
    console.log(`\n${formatEvent(letter.row)}`);
    if (letter.editedRow !== null) {
      console.log(`\nas edited, which a replay stores:\n${formatEvent(letter.editedRow)}`);
    }
    if (letter.detail !== null) {
      console.log(`\ndetail:\n${letter.detail.split('\n').map(printable).join('\n')}`);
    }
  });
}

function factsOf(letter: DeadLetter): Record<string, string | undefined> {
  return {
    account: letter.accountId,
    event_id: letter.eventId,
    reason: letter.reason,
    why: whyOf(letter),
    attempts: String(letter.attempts),
    received: letter.receivedAt.toISOString(),
    died: letter.diedAt.toISOString(),
    edited: letter.editedAt?.toISOString(),
    discarded: letter.discardedAt?.toISOString(),
    because: letter.discardReason ?? undefined,
  };
}

function formatFacts(facts: Record<string, string | undefined>): string {
  return Object.entries(facts)
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`${name.padEnd(10)} ${printable(value)}`],
    )
    .join('\n');
}

/** With the names of the contract instead of the job's short ones; as it is when it is no event. */
function formatEvent(row: string): string {
  const event = eventOfRow(row);
  return printable(event ? JSON.stringify(event) : row);
}
