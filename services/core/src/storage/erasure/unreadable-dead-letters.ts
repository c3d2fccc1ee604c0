import type pg from 'pg';
import type { EventRow } from '../../event/columns.ts';
import { readJobHeader } from '../../event/job.ts';
import { escapeField } from '../../event/row-lines.ts';
import { eachDeadLetter } from '../dead-letters/dead-letter-list.ts';
import type { Subject } from './subject.ts';

/** A dead letter that holds a whole unreadable job, and names the subject. */
export interface UnreadableDeadLetter {
  eventId: string;
  /** According to its header the job holds events of this account only. */
  isTheirs: boolean;
}

/**
 * Finds dead letters of unreadable jobs on one shard that name a subject (the account, and the user if one
 * is given) as JSON text or as the field of a line. Ids in another spelling are not found.
 */
export async function findUnreadable(
  pool: pg.Pool,
  subject: Subject,
): Promise<UnreadableDeadLetter[]> {
  const found: UnreadableDeadLetter[] = [];
  for (const isDiscarded of [false, true]) {
    const filter = { reason: 'job_unreadable', isDiscarded };
    for await (const { eventId, row } of eachDeadLetter(pool, filter)) {
      const text = jobTextOf(row);
      const names = [subject.accountId, ...(subject.userId === undefined ? [] : [subject.userId])];
      if (names.every((name) => isNamed(text, name))) {
        found.push({ eventId, isTheirs: isOnlyOf(text, subject) });
      }
    }
  }
  return found;
}

/** Erases dead letters of unreadable jobs, whole. */
export async function eraseUnreadable(
  pool: pg.Pool,
  deadLetters: readonly UnreadableDeadLetter[],
): Promise<number> {
  const { rowCount } = await pool.query(
    `DELETE FROM dead_letters WHERE reason = 'job_unreadable' AND event_id = ANY ($1)`,
    [deadLetters.map(({ eventId }) => eventId)],
  );
  return rowCount ?? 0;
}

/** The job as it was in the queue (maintainer/dead-letters/dead-letter-failed-jobs.ts); else the text of the dead letter. */
function jobTextOf(row: string): string {
  try {
    const { metadata } = JSON.parse(row) as Partial<EventRow>;
    const data = metadata?.['data'];
    return typeof data === 'string' ? data : row;
  } catch {
    return row;
  }
}

function isNamed(text: string, id: string): boolean {
  return text.includes(JSON.stringify(id)) || text.split(/[\t\n]/).includes(escapeField(id));
}

function isOnlyOf(text: string, { accountId, userId }: Subject): boolean {
  if (userId !== undefined) return false;
  try {
    const { accounts } = readJobHeader(text);
    return accounts.length > 0 && accounts.every(([account]) => account === accountId);
  } catch {
    return false;
  }
}
