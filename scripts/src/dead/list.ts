import {
  countDeadLetters,
  listDeadLetters,
  type DeadLetter,
} from '@event-platform/shared/database/dead-letter-list';
import { readReceipt } from '@event-platform/shared/database/read-receipt';
import { withShards, type DatabaseOptions } from '../lib/database-options.ts';
import { formatCount, formatTable, printable } from '../lib/table.ts';
import { findLetter } from './find-letter.ts';

interface ListOptions extends DatabaseOptions {
  account?: string;
  reason?: string;
  discarded: boolean;
  limit: number;
}

/** Long messages of PostgreSQL are shown whole by `dead show`. */
const messageWidth = 60;

/** `ep dead list`: the latest letters of all shards. */
export async function list(options: ListOptions): Promise<void> {
  const filter = {
    accountId: options.account,
    reason: options.reason,
    isDiscarded: options.discarded,
  };
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

function whyOf({ sqlstate, message }: DeadLetter): string {
  return sqlstate === null ? message : `${sqlstate}: ${message}`;
}

function shorten(text: string): string {
  return text.length > messageWidth ? `${text.slice(0, messageWidth - 1)}…` : text;
}

/** `ep dead show`: everything that is known of one letter. */
export async function show(
  accountId: string,
  eventId: string,
  options: DatabaseOptions,
): Promise<void> {
  await withShards(options, async (shards) => {
    const { letter, source } = await findLetter(shards, accountId, eventId);
    const receipt = await readReceipt(shards.forAccount(accountId), accountId, eventId);
    const facts: [string, string | number | undefined][] = [
      ['account', letter.accountId],
      ['event_id', letter.eventId],
      ['shard', source.name],
      ['reason', letter.reason],
      ['why', whyOf(letter)],
      ['attempts', letter.attempts],
      ['received', letter.receivedAt.toISOString()],
      ['died', letter.diedAt.toISOString()],
      ['discarded', letter.discardedAt?.toISOString()],
      ['because', letter.discardReason ?? undefined],
      ['stored', receipt?.status === 'stored' ? `yes, at ${receipt.stored_at ?? ''}` : 'no'],
    ];
    for (const [name, value] of facts) {
      if (value !== undefined) console.log(`${name.padEnd(10)} ${printable(String(value))}`);
    }
    console.log(`\n${printable(prettyRow(letter.row))}`);
  });
}

/** With the names of the contract instead of the job's short ones; as it is when it is no event. */
function prettyRow(row: string): string {
  try {
    const { a, e, u, t, s, r, m } = JSON.parse(row) as Partial<Record<string, unknown>>;
    const event = {
      event_id: e,
      account_id: a,
      user_id: u,
      type: t,
      timestamp: s,
      received_at: r,
      metadata: m,
    };
    return JSON.stringify(event);
  } catch {
    return row;
  }
}
