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

/** `ep dead list`: the latest letters of all shards. */
export async function list(options: ListOptions): Promise<void> {
  const filter = { ...readFilter(options), isDiscarded: options.discarded };
  await withShards(options, async (shards) => {
    let count = 0;
    const letters: DeadLetter[] = [];
    for (const { pool } of shards.all) {
      count += await countDeadLetters(pool, filter);
      letters.push(...(await listDeadLetters(pool, filter, options.limit)));
    }
    letters.sort((a, b) => b.diedAt.getTime() - a.diedAt.getTime());
    const shown = letters.slice(0, options.limit);
    if (count === 0) {
      console.log('There are no such dead letters.');
      return;
    }
    console.log(formatLetters(shown, options.discarded));
    if (shown.length < count) {
      console.log(
        `\n${formatCount(shown.length)} of ${formatCount(count)}; --limit shows more of them.`,
      );
    }
  });
}

function formatLetters(letters: DeadLetter[], isDiscarded: boolean): string {
  const header = ['account', 'event_id', isDiscarded ? 'discarded' : 'died', 'reason', 'why'];
  const rows = letters.map((letter) => [
    letter.accountId,
    letter.eventId,
    (isDiscarded ? letter.discardedAt : letter.diedAt)?.toISOString() ?? '',
    letter.reason,
    shorten(isDiscarded ? (letter.discardReason ?? '') : whyOf(letter)),
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
