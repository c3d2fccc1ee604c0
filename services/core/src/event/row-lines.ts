import { eventColumns, type EventRow, type RowTexts } from './columns.ts';
import { parseExactJson } from './exact-json.ts';
import { compileCodec } from './compile-codec.ts';
import { PackedRows } from './packed-rows.ts';
import { UnreadableRows } from './unreadable-rows.ts';

/**
 * Rows as text: a line for each event in the text format of PostgreSQL's COPY, with tabs between the
 * fields, in the order of `eventColumns`. The api writes a line once; queue and worker pass it on unread.
 * Lines are joined by `rowSeparator`, with none at the end.
 * Source of the format: PostgreSQL, COPY, "Text Format".
 */
export const rowSeparator = '\n';

/** Rows as COPY takes them: text, or the UTF-8 bytes that packed ones become. */
export type Lines = string | Buffer;

/** Rows as a worker holds them. */
export type Rows = Lines | PackedRows;

const separatorBytes = Buffer.from(rowSeparator);
const special = /[\\\t\n\r]/;
const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const meanings: Record<string, string> = { '\\': '\\', t: '\t', n: '\n', r: '\r' };

const codec = compileCodec({ escapeText: escapeField, escapeJson, unescape });

/** Writes one line. */
export const rowLine = codec.writeLine;

/** Writes rows as lines. */
export function writeRows(rows: readonly EventRow[]): string {
  return rows
    .map((row) => rowLine({ ...row, metadata: JSON.stringify(row.metadata) }))
    .join(rowSeparator);
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
 * Reads rows. Only poison isolation and jobs on several shards need this.
 *
 * @throws UnreadableRows when a text is not a line of this format; SyntaxError when its metadata is not JSON
 */
export function parseRows(rows: Rows): EventRow[] {
  return splitLines(rows).map((line) => parseRow(readLine(line)));
}

/** The same for one line. */
export function parseRow(row: RowTexts): EventRow {
  const metadata: unknown = parseExactJson(row.metadata);
  if (typeof metadata !== 'object' || metadata === null)
    throw new Error('A row of the job has no metadata');
  return { ...row, metadata: metadata as EventRow['metadata'] };
}

/** Turns rows into EventRow objects as JSON text joined by commas, as jsonb_to_recordset reads them. */
export function rowsAsJson(rows: readonly RowTexts[]): string {
  return rows.map(codec.writeJson).join(',');
}

/** The fields of a line except its metadata, which may be long and comes back as an empty object. */
export function readShortFields(line: string): RowTexts {
  const fields = line.split('\t', eventColumns.length - 1);
  return codec.readFields([...fields, '{}']);
}

/** @throws UnreadableRows when the text is not a line of this format */
export function readLine(line: string): RowTexts {
  const fields = line.split('\t');
  if (fields.length !== eventColumns.length) {
    throw new UnreadableRows(`A row of the job does not have ${eventColumns.length} fields`);
  }
  const row = codec.readFields(fields);
  if (row.account_id === '' || row.event_id === '') {
    throw new UnreadableRows('A row of the job has no key');
  }
  return row;
}

/** One text as a field of a line. */
export function escapeField(text: string): string {
  if (!special.test(text)) return text;
  return text.replace(/[\\\t\n\r]/g, (character) => escapes[character] ?? character);
}

/** JSON text holds no tab and no line break. */
function escapeJson(json: string): string {
  return json.includes('\\') ? json.replaceAll('\\', '\\\\') : json;
}

function unescape(field: string): string {
  if (!field.includes('\\')) return field;
  return field.replace(/\\(.)/gs, (_, character: string) => meanings[character] ?? character);
}
