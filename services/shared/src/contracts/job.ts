import { packFromCharacters, packRows, unpackRows } from './packed-rows.ts';
import { rowSeparator, type Rows } from './row-lines.ts';

const unknownVersion = 'The job is of no version that we know';

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

/** What a job says of its events: all are of one start tag. */
export interface JobHeader {
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
}

/** A job to be written. */
export interface JobDraft extends JobHeader {
  /** Lines (contracts/row-lines.ts). */
  rows: string;
}

/** A job that was read. */
export interface EventJob extends JobHeader {
  rows: Rows;
}

/** With rows as lines, and with packed ones (packed-rows.ts). */
const versions = { lines: 2, packed: 3 };

/**
 * Writes a job: a line of JSON, and below it the rows, so that the worker passes them on unread. Many
 * rows are packed.
 * `{"v":2,"lot":{…},"accounts":[["UA",2]],"cells":[[0,29739511,"click",2]],"ids":"…"}`
 */
export function encodeJob({ rows, ...header }: JobDraft): string {
  const isPacked = rows.length >= packFromCharacters;
  const v = isPacked ? versions.packed : versions.lines;
  return `${JSON.stringify({ v, ...header })}${rowSeparator}${isPacked ? packRows(rows) : rows}`;
}

/**
 * Reads what `encodeJob` wrote, without looking at the rows.
 *
 * @throws Error when the text is not a job of a version that we know, or its rows cannot be unpacked
 */
export function decodeJob(text: string): EventJob {
  const { header, version, rowsAt } = readHead(text);
  const rows = text.slice(rowsAt);
  return { ...header, rows: version === versions.packed ? unpackRows(rows) : rows };
}

/**
 * Reads the first line of a job; what follows may be missing.
 *
 * @throws Error when the text is not a job of a version that we know
 */
export function readJobHeader(text: string): JobHeader {
  return readHead(text).header;
}

/** A packed job with its rows as lines, for people and for searches; any other text as it is. */
export function legibleJob(text: string): string {
  try {
    const { version, rowsAt } = readHead(text);
    if (version !== versions.packed) return text;
    const header = text.slice(startOf(version).length, rowsAt);
    return `${startOf(versions.lines)}${header}${unpackRows(text.slice(rowsAt)).toString()}`;
  } catch {
    return text;
  }
}

/** What a job begins with, as `JSON.stringify` writes it. */
const startOf = (version: number) => `{"v":${version},`;

function readHead(text: string): { header: JobHeader; version: number; rowsAt: number } {
  const cut = text.indexOf(rowSeparator);
  const version = Object.values(versions).find((v) => text.startsWith(startOf(v)));
  if (version === undefined || cut < 0) throw new Error(unknownVersion);
  const found: unknown = JSON.parse(text.slice(0, cut));
  if (!isHeader(found)) throw new Error(unknownVersion);
  const { lot, waiters, accounts, cells, ids } = found;
  const header = {
    ...(lot && { lot }),
    ...(waiters && { waiters }),
    accounts,
    ...(cells && { cells }),
    ids,
  };
  return { header, version, rowsAt: cut + rowSeparator.length };
}

function isHeader(value: unknown): value is JobHeader {
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
export function countEvents(job: JobHeader): number {
  return job.accounts.reduce((sum, [, events]) => sum + events, 0);
}
