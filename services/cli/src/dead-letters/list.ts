import {
  countDeadLetters,
  listDeadLetters,
  type DeadLetter,
} from '@event-platform/core/storage/dead-letters/dead-letter-list';
import { withShards, type DatabaseOptions } from '../lib/database-options.ts';
import { formatCount, formatTable } from '../lib/table.ts';
import { readFilter, type FilterOptions } from './selection.ts';

interface ListOptions extends FilterOptions, DatabaseOptions {
  discarded: boolean;
  limit: number;
}

/** Long messages of PostgreSQL are shown whole by `dead show`. */
const messageWidth = 60;

/** `ep dead list`: the latest dead letters of all shards. */
export async function list(options: ListOptions): Promise<void> {
  const filter = { ...readFilter(options), isDiscarded: options.discarded };
  await withShards(options, async (shards) => {
    let count = 0;
    const deadLetters: DeadLetter[] = [];
    for (const { pool } of shards.all) {
      count += await countDeadLetters(pool, filter);
      deadLetters.push(...(await listDeadLetters(pool, filter, options.limit)));
    }
    deadLetters.sort((a, b) => b.deadLetteredAt.getTime() - a.deadLetteredAt.getTime());
    const shown = deadLetters.slice(0, options.limit);
    if (count === 0) {
      console.log('There are no such dead letters.');
      return;
    }
    console.log(formatDeadLetters(shown, options.discarded));
    if (shown.length < count) {
      console.log(
        `\n${formatCount(shown.length)} of ${formatCount(count)}; --limit shows more of them.`,
      );
    }
  });
}

function formatDeadLetters(deadLetters: DeadLetter[], isDiscarded: boolean): string {
  const header = ['account', 'event_id', isDiscarded ? 'discarded' : 'died', 'reason', 'why'];
  const rows = deadLetters.map((deadLetter) => [
    deadLetter.accountId,
    deadLetter.eventId,
    (isDiscarded ? deadLetter.discardedAt : deadLetter.deadLetteredAt)?.toISOString() ?? '',
    deadLetter.reason,
    shorten(isDiscarded ? (deadLetter.discardReason ?? '') : whyOf(deadLetter)),
  ]);
  return formatTable(header, rows);
}

/** SQLSTATE, where there is one, and message. */
export function whyOf({ sqlstate, message }: Pick<DeadLetter, 'sqlstate' | 'message'>): string {
  return sqlstate === null ? message : `${sqlstate}: ${message}`;
}

function shorten(text: string): string {
  return text.length > messageWidth ? `${text.slice(0, messageWidth - 1)}…` : text;
}
