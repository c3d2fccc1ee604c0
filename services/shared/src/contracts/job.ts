import { rowSeparator } from './row-lines.ts';

/** What the ledger calls a job by; a job that is delivered twice is settled once. */
export interface JobLot {
  /** A UUID of its own, since Redis counts its jobs from 1 again once it was emptied. */
  id: string;
  /** The minute in which all its events were received, in minutes since 1970. */
  minute: number;
}

/** Whom to tell when a job's events are stored or dead (queue/stored-news.ts). */
export interface JobWaiters {
  /** The api process whose requests wait. */
  process: string;
  /** What that process calls each of them. */
  tokens: number[];
}

/**
 * How many events of a job fall on one account, minute and type: what its roll-up grows by if all of
 * them are new. The minute is that of the event's timestamp, since 1970.
 */
export type JobCell = [account: number, minute: number, type: string, events: number];

/** What a job holds: events of one start tag, each as the line that PostgreSQL will read. */
export interface EventJob {
  /** Absent in jobs that no ledger counts. */
  lot?: JobLot;
  /** Absent when nobody waits, which is the rule. */
  waiters?: JobWaiters;
  /** How many events of each account. */
  accounts: [accountId: string, events: number][];
  /**
   * All its events by account (an index into `accounts`), minute and type. Absent where the api could
   * not tell the minute as PostgreSQL will.
   */
  cells?: JobCell[];
  /** Hashes of the event ids (queue/event-id-hash.ts), in the order of accounts, without gaps. */
  ids: string;
  /** Lines (contracts/row-lines.ts). */
  rows: string;
}

/**
 * Writes a job: a line of JSON, and below it the rows, so that the worker passes them on unread.
 * `{"v":2,"lot":{…},"accounts":[["UA",2]],"cells":[[0,29739511,"click",2]],"ids":"…"}`
 */
export function encodeJob({ rows, ...header }: EventJob): string {
  return `${JSON.stringify({ v: 2, ...header })}${rowSeparator}${rows}`;
}

/**
 * Reads what `encodeJob` wrote, without looking at the rows.
 *
 * @throws Error when the text is not a job of version 2
 */
export function decodeJob(text: string): EventJob {
  const cut = text.indexOf(rowSeparator);
  if (!text.startsWith('{"v":2,') || cut < 0) throw new Error('The job is not of version 2');
  const header: unknown = JSON.parse(text.slice(0, cut));
  if (!isHeader(header)) throw new Error('The job is not of version 2');
  return {
    ...(header.lot && { lot: header.lot }),
    ...(header.waiters && { waiters: header.waiters }),
    accounts: header.accounts,
    ...(header.cells && { cells: header.cells }),
    ids: header.ids,
    rows: text.slice(cut + rowSeparator.length),
  };
}

function isHeader(value: unknown): value is Omit<EventJob, 'rows'> {
  const { lot, waiters, accounts, cells, ids } = value as Record<string, unknown>;
  if (!Array.isArray(accounts) || typeof ids !== 'string') return false;
  if (lot !== undefined && !isLot(lot)) return false;
  if (waiters !== undefined && !isWaiters(waiters)) return false;
  if (cells !== undefined && !(Array.isArray(cells) && cells.every(isCell))) return false;
  return accounts.every(
    (entry) => Array.isArray(entry) && typeof entry[0] === 'string' && Number.isInteger(entry[1]),
  );
}

function isCell(value: unknown): value is JobCell {
  if (!Array.isArray(value)) return false;
  const [account, minute, type, events] = value as unknown[];
  return [account, minute, events].every(Number.isInteger) && typeof type === 'string';
}

function isLot(value: unknown): value is JobLot {
  const { id, minute } = (value ?? {}) as Record<string, unknown>;
  return typeof id === 'string' && Number.isInteger(minute);
}

function isWaiters(value: unknown): value is JobWaiters {
  const { process, tokens } = (value ?? {}) as Record<string, unknown>;
  return typeof process === 'string' && Array.isArray(tokens) && tokens.every(Number.isInteger);
}

/** How many events a job holds. */
export function countEvents(job: EventJob): number {
  return job.accounts.reduce((sum, [, events]) => sum + events, 0);
}
