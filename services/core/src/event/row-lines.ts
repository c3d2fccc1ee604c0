import type { EventRow } from './event.ts';
import { PackedRows } from './packed-rows.ts';
import { UnreadableRows } from './unreadable-rows.ts';

/**
 * Rows as text: a line an event in the text format of PostgreSQL's COPY, fields parted by tabs, in
 * the order account_id, event_id, user_id, type, timestamp, received_at, metadata. The api writes a
 * line once; queue and worker pass it on unread. Lines are joined by `rowSeparator`, none at the end.
 * Source of the format: PostgreSQL, COPY, "Text Format".
 */
export const rowSeparator = '\n';

/** Rows as COPY takes them: text, or the UTF-8 bytes that packed ones become. */
export type Lines = string | Buffer;

/** Rows as a worker holds them. */
export type Rows = Lines | PackedRows;

const separatorBytes = Buffer.from(rowSeparator);
const fieldCount = 7;
const special = /[\\\t\n\r]/;
const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const meanings: Record<string, string> = { '\\': '\\', t: '\t', n: '\n', r: '\r' };

/** An event's fields as text. */
export interface RowTexts extends Omit<EventRow, 'm'> {
  /** Metadata as JSON text, without control characters, as `JSON.stringify` writes it. */
  m: string;
}

/** Writes one line. */
export function rowLine({ a, e, u, t, s, r, m }: RowTexts): string {
  const metadata = m.includes('\\') ? m.replaceAll('\\', '\\\\') : m;
  return `${escapeField(a)}\t${escapeField(e)}\t${escapeField(u)}\t${escapeField(t)}\t${s}\t${r}\t${metadata}`;
}

/** Writes rows as lines. */
export function writeRows(rows: readonly EventRow[]): string {
  return rows.map((row) => rowLine({ ...row, m: JSON.stringify(row.m) })).join(rowSeparator);
}

/** Unpacks rows, if they are packed: a copy as large as they are. */
export function linesOf(rows: Rows): Lines {
  return rows instanceof PackedRows ? rows.unpack() : rows;
}

/** Joins lines; texts stay text, which is cheaper than bytes when nothing has to be unpacked. */
export function joinLines(parts: readonly Lines[]): Lines {
  if (parts.every((part) => typeof part === 'string')) return parts.join(rowSeparator);
  const bytes = parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part));
  return Buffer.concat(
    bytes.flatMap((part, index) => (index === 0 ? [part] : [separatorBytes, part])),
  );
}

/** The lines of rows, each a text of its own. */
export function splitLines(rows: Rows): string[] {
  const text = linesOf(rows).toString();
  return text === '' ? [] : text.split(rowSeparator);
}

/**
 * Reads rows, which only the search for a poisonous one and jobs on several shards need.
 *
 * @throws UnreadableRows when a line is none of ours; SyntaxError when its metadata are no JSON
 */
export function parseRows(rows: Rows): EventRow[] {
  return splitLines(rows).map((line) => parseRow(readLine(line)));
}

/** The same for one line. */
export function parseRow(row: RowTexts): EventRow {
  const m: unknown = JSON.parse(row.m);
  if (typeof m !== 'object' || m === null) throw new Error('A row of the job has no metadata');
  return { ...row, m: m as EventRow['m'] };
}

/** Turns rows into EventRow objects as JSON text joined by commas, as jsonb_to_recordset reads them. */
export function rowsAsJson(rows: readonly RowTexts[]): string {
  const quote = JSON.stringify;
  const objects = rows.map(
    ({ a, e, u, t, s, r, m }) =>
      `{"a":${quote(a)},"e":${quote(e)},"u":${quote(u)},"t":${quote(t)},"s":${quote(s)},"r":${quote(r)},"m":${m}}`,
  );
  return objects.join(',');
}

/** The fields of a line but for its metadata, which may be long. */
export function readShortFields(line: string): Omit<RowTexts, 'm'> {
  const [a = '', e = '', u = '', t = '', s = '', r = ''] = line
    .split('\t', fieldCount - 1)
    .map(unescape);
  return { a, e, u, t, s, r };
}

/** @throws UnreadableRows when it is no line of ours */
export function readLine(line: string): RowTexts {
  const fields = line.split('\t').map(unescape);
  const [a = '', e = '', u = '', t = '', s = '', r = '', m = ''] = fields;
  if (fields.length !== fieldCount)
    throw new UnreadableRows('A row of the job has not seven fields');
  if (a === '' || e === '') throw new UnreadableRows('A row of the job has no key');
  return { a, e, u, t, s, r, m };
}

/** One field as it stands in a line. */
export function escapeField(text: string): string {
  if (!special.test(text)) return text;
  return text.replace(/[\\\t\n\r]/g, (character) => escapes[character] ?? character);
}

function unescape(field: string): string {
  if (!field.includes('\\')) return field;
  return field.replace(/\\(.)/gs, (_, character: string) => meanings[character] ?? character);
}
