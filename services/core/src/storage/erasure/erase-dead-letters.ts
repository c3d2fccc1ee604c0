import type pg from 'pg';
import type { EventRow } from '../../event/columns.ts';
import { defaultStorePolicy } from '../write/event-store.ts';
import { retryNow } from '../session/retry-now.ts';
import { inTransaction } from '../session/in-transaction.ts';
import { applyLog, lockLedger } from '../ledger/ledger-audit.ts';
import { lowerDeadLettered } from './lower-ledger.ts';
import type { Subject } from './subject.ts';

interface DeadLetterRecord {
  eventId: string;
  row: string;
  editedRow: string | null;
  receivedMinute: number;
}

const deadLettersPerPage = 200;

// Locked: a replay or a renewal waits, so what is erased is what was read. A dead letter of an unreadable job
// belongs to no account for certain (unreadable-dead-letters.ts).
const pageStatement = `
SELECT event_id AS "eventId", row, edited_row AS "editedRow",
  floor(extract(epoch FROM received_at) / 60)::bigint AS "receivedMinute"
FROM dead_letters WHERE account_id = $1 AND event_id > $2 AND reason <> 'job_unreadable'
ORDER BY event_id LIMIT ${deadLettersPerPage} FOR UPDATE`;

const removeStatement = 'DELETE FROM dead_letters WHERE account_id = $1 AND event_id = ANY ($2)';

/**
 * Erases the dead letters of a subject on one shard, discarded ones too, one page per transaction. The user is
 * read from the text, the original and the edited one: PostgreSQL may not be able to read it.
 *
 * @param end ROLLBACK only counts
 * @returns how many there were on each page
 * @throws the error of PostgreSQL; the page in progress is unchanged then
 */
export async function* eraseDeadLetters(
  pool: pg.Pool,
  subject: Subject,
  end: 'COMMIT' | 'ROLLBACK' = 'COMMIT',
): AsyncGenerator<number> {
  let last = '';
  for (;;) {
    const from = last;
    const page = await retryNow(defaultStorePolicy, () =>
      inTransaction(pool, (session) => erasePage(session, subject, from), end),
    );
    if (page.last === undefined) return;
    last = page.last;
    yield page.erased;
  }
}

async function erasePage(
  session: pg.PoolClient,
  { accountId, userId }: Subject,
  after: string,
): Promise<{ erased: number; last: string | undefined }> {
  await lockLedger(session);
  const { rows } = await session.query<DeadLetterRecord>(pageStatement, [accountId, after]);
  const theirs = rows.filter(
    ({ row, editedRow }) =>
      userId === undefined || userOf(row) === userId || userOf(editedRow) === userId,
  );
  if (theirs.length > 0) {
    const ids = theirs.map(({ eventId }) => eventId);
    await session.query(removeStatement, [accountId, ids]);
    await applyLog(session);
    await lowerDeadLettered(
      session,
      accountId,
      theirs.map(({ receivedMinute }) => receivedMinute),
    );
  }
  return { erased: theirs.length, last: rows.at(-1)?.eventId };
}

/** Undefined when the text is no event. */
function userOf(row: string | null): unknown {
  try {
    return row === null ? undefined : (JSON.parse(row) as Partial<EventRow> | null)?.user_id;
  } catch {
    return undefined;
  }
}
