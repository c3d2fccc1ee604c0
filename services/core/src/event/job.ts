import { formatOf, jobFormats, NewerFormat, readableFormats, startOf } from './job-formats.ts';
import { packFromCharacters, PackedRows, packRows } from './packed-rows.ts';
import { rowSeparator, type Rows } from './row-lines.ts';

const unknownVersion = 'The job is of no known version';

/** The batch id of a job for the ledger; a job that is delivered twice is settled once. */
export interface LedgerEntry {
  /** A UUID of its own, since Redis counts its jobs from 1 again once it was emptied. */
  id: string;
  /** The minute in which all its events were received, in minutes since 1970. */
  minute: number;
}

/** The requests to notify when a job's events are stored or dead-lettered (queue/commit-notifications.ts). */
export interface JobWaiters {
  /** The api process whose requests wait. */
  process: string;
  /** That process's name for each of them. */
  tokens: number[];
}

/**
 * How many events of a job fall on one account, minute and type: what its roll-up grows by if all of
 * them are new. The minute is that of the event's timestamp, since 1970.
 */
export type JobCount = [account: number, minute: number, type: string, events: number];

/** The header of a job; all its events are of one start tag. */
export interface JobHeader {
  /** Absent in jobs that no ledger counts. */
  ledgerEntry?: LedgerEntry;
  /** Absent when no request waits, the usual case. */
  waiters?: JobWaiters;
  /** How many events of each account. */
  accounts: [accountId: string, events: number][];
  /**
   * All its events by account (an index into `accounts`), minute and type. Absent where the api could
   * not compute the minute as PostgreSQL does.
   */
  minuteCounts?: JobCount[];
  /** Hashes of the event ids (queue/event-id-hash.ts), in the order of accounts, without gaps. */
  ids: string;
  /** Of its rows in UTF-8, unpacked. Absent in jobs of builds that did not say so. */
  bytes?: number;
}

/** A header as formats 2 and 3 write it: two of its names are older than the ones used in the code. */
interface WireHeader extends Omit<JobHeader, 'ledgerEntry' | 'minuteCounts'> {
  lot?: LedgerEntry;
  cells?: JobCount[];
}

/** A job to be written. */
export interface JobDraft extends Omit<JobHeader, 'bytes'> {
  /** Lines (row-lines.ts). */
  rows: string;
}

/** A job that was read. */
export interface EventJob extends JobHeader {
  rows: Rows;
  bytes: number;
}

/**
 * Writes a job: a line of JSON, and below it the rows, so that the worker passes them on unread. Many
 * rows are packed.
 * `{"v":2,"lot":{…},"accounts":[["UA",2]],"cells":[[0,29739511,"click",2]],"ids":"…","bytes":402}`
 *
 * @param newest the newest format that every worker reads
 */
export function encodeJob(
  { rows, ...draft }: JobDraft,
  newest: number = jobFormats.packed,
): string {
  const header = toWire(draft);
  if (rows.length < packFromCharacters || newest < jobFormats.packed) {
    const head = { v: jobFormats.lines, ...header, bytes: Buffer.byteLength(rows) };
    return `${JSON.stringify(head)}${rowSeparator}${rows}`;
  }
  const bytes = Buffer.from(rows);
  const head = { v: jobFormats.packed, ...header, bytes: bytes.length };
  return `${JSON.stringify(head)}${rowSeparator}${packRows(bytes)}`;
}

/**
 * Reads what `encodeJob` wrote, except the rows, which stay packed.
 *
 * @param formats those that are read; all that this build reads, unless a test plays another build
 * @throws NewerFormat when another build wrote it; Error when it is no known job
 */
export function decodeJob(text: string, formats = readableFormats): EventJob {
  const { header, format, rowsAt } = readHead(text, formats);
  const rows = text.slice(rowsAt);
  if (format === jobFormats.lines) return { ...header, rows, bytes: header.bytes ?? rows.length };
  const packed = new PackedRows(rows);
  return { ...header, rows: packed, bytes: packed.bytes };
}

/**
 * Reads the first line of a job; what follows may be missing.
 *
 * @throws Error when the text is not a job of a known version
 */
export function readJobHeader(text: string): JobHeader {
  return readHead(text).header;
}

/** A packed job with its rows as lines, for people and for searches; any other text as it is. */
export function legibleJob(text: string): string {
  try {
    const { format, rowsAt } = readHead(text);
    if (format !== jobFormats.packed) return text;
    const header = text.slice(startOf(format).length, rowsAt);
    const rows = new PackedRows(text.slice(rowsAt)).unpack();
    return `${startOf(jobFormats.lines)}${header}${rows.toString()}`;
  } catch {
    return text;
  }
}

function toWire({
  ledgerEntry,
  waiters,
  accounts,
  minuteCounts,
  ids,
}: Omit<JobDraft, 'rows'>): WireHeader {
  return {
    ...(ledgerEntry && { lot: ledgerEntry }),
    ...(waiters && { waiters }),
    accounts,
    ...(minuteCounts && { cells: minuteCounts }),
    ids,
  };
}

function readHead(
  text: string,
  formats = readableFormats,
): { header: JobHeader; format: number; rowsAt: number } {
  const format = formatOf(text);
  if (format !== undefined && format > Math.max(...formats)) throw new NewerFormat(format);
  const cut = text.indexOf(rowSeparator);
  if (format === undefined || !formats.includes(format) || cut < 0) throw new Error(unknownVersion);
  const found: unknown = JSON.parse(text.slice(0, cut));
  if (!isHeader(found)) throw new Error(unknownVersion);
  const { lot: ledgerEntry, waiters, accounts, cells: minuteCounts, ids, bytes } = found;
  const header = {
    ...(ledgerEntry && { ledgerEntry }),
    ...(waiters && { waiters }),
    accounts,
    ...(minuteCounts && { minuteCounts }),
    ids,
    ...(bytes !== undefined && { bytes }),
  };
  return { header, format, rowsAt: cut + rowSeparator.length };
}

function isHeader(value: unknown): value is WireHeader {
  const { lot, waiters, accounts, cells, ids, bytes } = value as Record<string, unknown>;
  if (!Array.isArray(accounts) || typeof ids !== 'string') return false;
  if (bytes !== undefined && !Number.isInteger(bytes)) return false;
  if (lot !== undefined && !isLedgerEntry(lot)) return false;
  if (waiters !== undefined && !isWaiters(waiters)) return false;
  if (cells !== undefined && !(Array.isArray(cells) && cells.every(isJobCount))) return false;
  return accounts.every(
    (entry) => Array.isArray(entry) && typeof entry[0] === 'string' && Number.isInteger(entry[1]),
  );
}

function isJobCount(value: unknown): value is JobCount {
  if (!Array.isArray(value)) return false;
  const [account, minute, type, events] = value as unknown[];
  return [account, minute, events].every(Number.isInteger) && typeof type === 'string';
}

function isLedgerEntry(value: unknown): value is LedgerEntry {
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
