import type { DeadLetter } from '@event-platform/core/storage/dead-letters/dead-letter-list';
import { readReceipt } from '@event-platform/core/storage/read/read-receipt';
import { withShards, type DatabaseOptions } from '../lib/database-options.ts';
import { printable } from '../lib/table.ts';
import { eventOfRow } from './event-of-dead-letter.ts';
import { locateDeadLetter } from './locate-dead-letter.ts';
import { whyOf } from './list.ts';

interface ShowOptions extends DatabaseOptions {
  event: boolean;
}

/** `ep dead show`: everything that is stored of one dead letter. */
export async function show(
  accountId: string,
  eventId: string,
  options: ShowOptions,
): Promise<void> {
  await withShards(options, async (shards) => {
    const { deadLetter, source } = await locateDeadLetter(shards, accountId, eventId);
    if (options.event) {
      const row = deadLetter.editedRow ?? deadLetter.row;
      console.log(JSON.stringify(eventOfRow(row) ?? row, null, 2));
      return;
    }
    const receipt = await readReceipt(shards.forAccount(accountId), accountId, eventId);
    const stored = receipt?.status === 'stored' ? `yes, at ${receipt.stored_at ?? ''}` : 'no';
    console.log(formatFacts({ ...factsOf(deadLetter), shard: source.name, stored }));
    console.log(`\n${formatEvent(deadLetter.row)}`);
    if (deadLetter.editedRow !== null) {
      console.log(`\nas edited, which a replay stores:\n${formatEvent(deadLetter.editedRow)}`);
    }
    if (deadLetter.detail !== null) {
      console.log(`\ndetail:\n${deadLetter.detail.split('\n').map(printable).join('\n')}`);
    }
  });
}

function factsOf(deadLetter: DeadLetter): Record<string, string | undefined> {
  return {
    account: deadLetter.accountId,
    event_id: deadLetter.eventId,
    reason: deadLetter.reason,
    why: whyOf(deadLetter),
    attempts: String(deadLetter.attempts),
    received: deadLetter.receivedAt.toISOString(),
    deadLettered: deadLetter.deadLetteredAt.toISOString(),
    edited: deadLetter.editedAt?.toISOString(),
    discarded: deadLetter.discardedAt?.toISOString(),
    because: deadLetter.discardReason ?? undefined,
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
