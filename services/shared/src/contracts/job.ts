import type { EventRow } from './event.ts';

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

/** What a job holds: events of one start tag, each as the JSON text that PostgreSQL will read. */
export interface EventJob {
  /** Absent in jobs that no ledger counts. */
  lot?: JobLot;
  /** Absent when nobody waits, which is the rule. */
  waiters?: JobWaiters;
  /** How many events of each account. */
  accounts: [accountId: string, events: number][];
  /** Hashes of the event ids (queue/event-id-hash.ts), in the order of accounts, without gaps. */
  ids: string;
  /** EventRow objects as JSON text, joined by commas, without brackets. */
  rows: string;
}

const separator = ',"rows":[';

/**
 * Writes a job as JSON text with the rows last: `{"v":1,"lot":{…},"accounts":[["UA",2]],"ids":"…","rows":[{…},{…}]}`.
 * It is ordinary JSON for anyone who looks into Redis, and the worker can cut the rows out unparsed.
 */
export function encodeJob(job: EventJob): string {
  const accounts = JSON.stringify(job.accounts);
  const lot = job.lot ? `"lot":${JSON.stringify(job.lot)},` : '';
  const waiters = job.waiters ? `"waiters":${JSON.stringify(job.waiters)},` : '';
  return `{"v":1,${lot}${waiters}"accounts":${accounts},"ids":"${job.ids}"${separator}${job.rows}]}`;
}

/**
 * Reads what `encodeJob` wrote, without parsing the rows. The separator cannot occur earlier: inside
 * a JSON string its quotes would be escaped.
 *
 * @throws Error when the text is not a job of version 1
 */
export function decodeJob(text: string): EventJob {
  const cut = text.indexOf(separator);
  if (!text.startsWith('{"v":1,') || cut < 0 || !text.endsWith(']}')) {
    throw new Error('The job is not of version 1');
  }
  const header: unknown = JSON.parse(`${text.slice(0, cut)}}`);
  if (!isHeader(header)) throw new Error('The job is not of version 1');
  return {
    ...(header.lot && { lot: header.lot }),
    ...(header.waiters && { waiters: header.waiters }),
    accounts: header.accounts,
    ids: header.ids,
    rows: text.slice(cut + separator.length, -2),
  };
}

function isHeader(value: unknown): value is Omit<EventJob, 'rows'> {
  const { lot, waiters, accounts, ids } = value as Record<string, unknown>;
  if (!Array.isArray(accounts) || typeof ids !== 'string') return false;
  if (lot !== undefined && !isLot(lot)) return false;
  if (waiters !== undefined && !isWaiters(waiters)) return false;
  return accounts.every(
    (entry) => Array.isArray(entry) && typeof entry[0] === 'string' && Number.isInteger(entry[1]),
  );
}

function isLot(value: unknown): value is JobLot {
  const { id, minute } = (value ?? {}) as Record<string, unknown>;
  return typeof id === 'string' && Number.isInteger(minute);
}

function isWaiters(value: unknown): value is JobWaiters {
  const { process, tokens } = (value ?? {}) as Record<string, unknown>;
  return typeof process === 'string' && Array.isArray(tokens) && tokens.every(Number.isInteger);
}

/**
 * Parses rows, which only the search for a poisonous one needs.
 *
 * @throws Error when the text is not JSON, or an event in it cannot even be named by its key
 */
export function parseRows(rows: string): EventRow[] {
  const parsed = JSON.parse(`[${rows}]`) as (Partial<EventRow> | null)[];
  for (const row of parsed) {
    if (typeof row?.a !== 'string' || typeof row.e !== 'string') {
      throw new Error('A row of the job has no key');
    }
  }
  return parsed as EventRow[];
}

/** How many events a job holds. */
export function countEvents(job: EventJob): number {
  return job.accounts.reduce((sum, [, events]) => sum + events, 0);
}
