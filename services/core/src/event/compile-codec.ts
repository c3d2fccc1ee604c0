import { eventColumns, type RowTexts } from './columns.ts';

/** How single values are written and read. */
export interface ValueCodec {
  /** Free text as a field of a line. */
  escapeText: (text: string) => string;
  /** JSON text as a field of a line. */
  escapeJson: (json: string) => string;
  /** A field of a line as text. */
  unescape: (field: string) => string;
}

/** How whole rows are written and read. */
export interface RowCodec {
  /** A row as a line. */
  writeLine: (row: RowTexts) => string;
  /** A row as a JSON object. */
  writeJson: (row: RowTexts) => string;
  /** A row from the fields of a line, in their order. */
  readFields: (fields: readonly string[]) => RowTexts;
}

/**
 * Writes the functions of the codec from the list of columns, once at load: one expression each, as one
 * would write them by hand. A loop over the columns costs a fifth more for each event. Only the names of
 * the list become code.
 */
export function compileCodec(values: ValueCodec): RowCodec {
  const written = { text: 'escapeText', timestamptz: '', jsonb: 'escapeJson' };
  const fields = eventColumns.map(({ name, pgType }) => `\${${written[pgType]}(row.${name})}`);
  const members = eventColumns.map(({ name, pgType }) => {
    const value = pgType === 'jsonb' ? `row.${name}` : `JSON.stringify(row.${name})`;
    return `"${name}":\${${value}}`;
  });
  const read = eventColumns.map(({ name }, index) => `${name}: unescape(fields[${index}])`);
  const source = `return {
    writeLine: (row) => \`${fields.join('\\t')}\`,
    writeJson: (row) => \`{${members.join(',')}}\`,
    readFields: (fields) => ({ ${read.join(', ')} }),
  }`;
  const functions: unknown[] = Object.values(values);
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the source is made of constants alone
  const compile = new Function(...Object.keys(values), source) as (
    ...values: unknown[]
  ) => RowCodec;
  return compile(...functions);
}
