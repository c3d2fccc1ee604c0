import { eventColumns, type RowTexts } from './columns.ts';
import { PackedRows } from './packed-rows.ts';
import { parseRow, readLine, splitLines, type Rows } from './row-lines.ts';
import { UnreadableRows } from './unreadable-rows.ts';

/** Rows that came together, such as those of a job. */
export interface RowsPart {
  rows: Rows;
  /** How many rows there must be; undefined when they were not counted. */
  events?: number;
  /** Of the rows; an estimate in characters where they are text. */
  bytes?: number;
}

/** The approximate size of rows in bytes: characters where they are text. */
export function bytesOf(parts: readonly RowsPart[]): number {
  return parts.reduce(
    (sum, { rows, bytes }) =>
      sum + (bytes ?? (rows instanceof PackedRows ? rows.bytes : rows.length)),
    0,
  );
}

/**
 * Reads rows in slices of at most `maxBytes` (characters of lines; at least one row), so that what is
 * unpacked, read and sent at once is bounded, however much came together. Of the rows of one event only
 * the one that was received first is read, and of those received in one millisecond the first in order:
 * the others are repeats, whatever they hold.
 *
 * Rows that do not fit into one slice are all scanned before the first slice is returned.
 *
 * @throws UnreadableRows when a text is not a line of this format, or the number of rows is not the stated one
 */
export function* sliceRows(
  parts: readonly RowsPart[],
  maxBytes: number,
): Generator<RowTexts[], void> {
  const isOneSlice = bytesOf(parts) <= maxBytes;
  const kept = isOneSlice ? parts.map(linesIn) : undefined;
  const read = (part: RowsPart, index: number) => kept?.[index] ?? linesIn(part);
  const repeats = findRepeats(parts, read);
  let slice: RowTexts[] = [];
  let sliceBytes = 0;
  let place = 0;
  for (const [index, part] of parts.entries()) {
    for (const line of read(part, index)) {
      if (repeats.has(place++)) continue;
      if (slice.length > 0 && sliceBytes + line.length > maxBytes) {
        yield slice;
        slice = [];
        sliceBytes = 0;
      }
      slice.push(readLine(line));
      sliceBytes += line.length;
    }
  }
  if (slice.length > 0) yield slice;
}

/** Reads every row once, a part at a time, to find out whether all can be read. */
export function checkRows(parts: readonly RowsPart[]): void {
  for (const part of parts) for (const line of linesIn(part)) parseRow(readLine(line));
}

function linesIn({ rows, events }: RowsPart): string[] {
  const lines = splitLines(rows);
  if (events !== undefined && lines.length !== events) {
    throw new UnreadableRows(`The job holds ${lines.length} rows where it says ${events}`);
  }
  return lines;
}

/** The places, counted over all parts, of rows that repeat an earlier one. */
function findRepeats(
  parts: readonly RowsPart[],
  read: (part: RowsPart, index: number) => string[],
): Set<number> {
  const repeats = new Set<number>();
  const firsts = new Map<string, { receivedAt: string; place: number }>();
  let place = 0;
  for (const [index, part] of parts.entries()) {
    for (const line of read(part, index)) {
      const { key, receivedAt } = headOf(line);
      const first = firsts.get(key);
      // ISO 8601 in UTC with milliseconds, so the order of texts is that of time.
      if (!first || receivedAt < first.receivedAt) {
        if (first) repeats.add(first.place);
        firsts.set(key, { receivedAt, place });
      } else {
        repeats.add(place);
      }
      place++;
    }
  }
  return repeats;
}

const receivedAtIndex = eventColumns.findIndex(({ name }) => name === 'received_at');

/** The key of a line, still escaped, and when its event was received. Far cheaper than reading the whole line. */
function headOf(line: string): { key: string; receivedAt: string } {
  const keyEnd = line.indexOf('\t', line.indexOf('\t') + 1);
  let from = keyEnd;
  for (let field = 2; field < receivedAtIndex; field++) from = line.indexOf('\t', from + 1);
  return {
    key: line.slice(0, keyEnd),
    receivedAt: line.slice(from + 1, line.indexOf('\t', from + 1)),
  };
}
