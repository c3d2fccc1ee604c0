/** A column of the table `events` that the api fills; `stored_at` is PostgreSQL's own. */
interface EventColumn {
  name: string;
  /** The SQL type. The contract (event.ts) and the table limit the length. */
  pgType: 'text' | 'timestamptz' | 'jsonb';
  /** `tenant`: a field of the contract, which has to be stored as it was sent. `api`: added on receipt. */
  origin: 'tenant' | 'api';
}

/**
 * The one list of what an event consists of, in the order of the fields of a line (row-lines.ts). The key
 * comes first, in two columns, and metadata last, since it may be long. Codec, SQL, dead letters, the
 * checker and the samples of tests derive from this list.
 */
export const eventColumns = [
  { name: 'account_id', pgType: 'text', origin: 'tenant' },
  { name: 'event_id', pgType: 'text', origin: 'tenant' },
  { name: 'user_id', pgType: 'text', origin: 'tenant' },
  { name: 'type', pgType: 'text', origin: 'tenant' },
  { name: 'timestamp', pgType: 'timestamptz', origin: 'tenant' },
  { name: 'received_at', pgType: 'timestamptz', origin: 'api' },
  { name: 'metadata', pgType: 'jsonb', origin: 'tenant' },
] as const satisfies readonly EventColumn[];

type Column = (typeof eventColumns)[number];
type ValueOf<PgType> = PgType extends 'jsonb' ? Record<string, unknown> : string;

/**
 * An event as a row of `events`. `timestamp` is ISO 8601 with the digits and the offset that the tenant
 * wrote, so that microseconds survive; `received_at` is ISO 8601 in UTC with milliseconds.
 */
export type EventRow = { [Each in Column as Each['name']]: ValueOf<Each['pgType']> };

/** The same with every value as text: metadata as JSON, as `JSON.stringify` writes it. */
export type RowTexts = Record<Column['name'], string>;

/** The columns that a tenant sends. */
export const tenantColumns = eventColumns.filter((column) => column.origin === 'tenant');

/** The columns of free text. */
export const textColumns = eventColumns.filter((column) => column.pgType === 'text');

/** The names of the columns for SQL: `account_id, event_id, …`. */
export const columnList = eventColumns.map(({ name }) => name).join(', ');

/** The columns with their types, as jsonb_to_recordset takes them: `account_id text, …`. */
export const columnDefinitions = eventColumns
  .map(({ name, pgType }) => `${name} ${pgType}`)
  .join(', ');

/** A row to start from where an event is made here: every text is the given one, and metadata is empty. */
export function plainRow(text: string, at: string): EventRow {
  const values = { text, timestamptz: at, jsonb: {} };
  const entries = eventColumns.map(({ name, pgType }) => [name, values[pgType]]);
  return Object.fromEntries(entries) as EventRow;
}
