import type { EventRow } from './event.ts';

/**
 * Rows as text: a line an event in the text format of PostgreSQL's COPY, fields parted by tabs, in
 * the order account_id, event_id, user_id, type, timestamp, received_at, metadata. The api writes a
 * line once; queue and worker pass it on unread. Lines are joined by `rowSeparator`, none at the end.
 * Source of the format: PostgreSQL, COPY, "Text Format".
 */
export const rowSeparator = '\n';

/** Lines as a worker has them: text, or the UTF-8 bytes that packed ones become. COPY takes both. */
export type Rows = string | Buffer;

const separatorBytes = Buffer.from(rowSeparator);
const fieldCount = 7;
const special = /[\\\t\n\r]/;
const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const meanings: Record<string, string> = { '\\': '\\', t: '\t', n: '\n', r: '\r' };

/** A text that holds no rows of ours: the fault of who wrote it, not of PostgreSQL. */
export class UnreadableRows extends Error {
  override name = 'UnreadableRows';
}

/** An event's fields as text. */
interface RowTexts extends Omit<EventRow, 'm'> {
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

/** Joins rows; texts stay text, which is cheaper than bytes when nothing has to be unpacked. */
export function joinRows(parts: readonly Rows[]): Rows {
  if (parts.every((part) => typeof part === 'string')) return parts.join(rowSeparator);
  const bytes = parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part));
  return Buffer.concat(
    bytes.flatMap((part, index) => (index === 0 ? [part] : [separatorBytes, part])),
  );
}

/**
 * Reads lines, which only the search for a poisonous one and small batches need.
 *
 * @throws UnreadableRows when a line is none of ours; SyntaxError when its metadata are no JSON
 */
export function parseRows(lines: Rows): EventRow[] {
  return readLines(lines).map((row) => {
    const m: unknown = JSON.parse(row.m);
    if (typeof m !== 'object' || m === null) throw new Error('A row of the job has no metadata');
    return { ...row, m: m as EventRow['m'] };
  });
}

/**
 * Turns lines into EventRow objects as JSON text joined by commas, as jsonb_to_recordset reads them.
 *
 * @throws UnreadableRows when a line is none of ours
 */
export function rowsAsJson(lines: Rows): string {
  const quote = JSON.stringify;
  const objects = readLines(lines).map(
    ({ a, e, u, t, s, r, m }) =>
      `{"a":${quote(a)},"e":${quote(e)},"u":${quote(u)},"t":${quote(t)},"s":${quote(s)},"r":${quote(r)},"m":${m}}`,
  );
  return objects.join(',');
}

function readLines(lines: Rows): RowTexts[] {
  const text = lines.toString();
  if (text === '') return [];
  return text.split(rowSeparator).map((line) => {
    const fields = line.split('\t').map(unescape);
    const [a = '', e = '', u = '', t = '', s = '', r = '', m = ''] = fields;
    if (fields.length !== fieldCount)
      throw new UnreadableRows('A row of the job has not seven fields');
    if (a === '' || e === '') throw new UnreadableRows('A row of the job has no key');
    return { a, e, u, t, s, r, m };
  });
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
