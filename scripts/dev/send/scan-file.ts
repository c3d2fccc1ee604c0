import { CliError } from '@event-platform/cli/lib/cli-error';
import { toOutgoing } from '@event-platform/testkit/client/outgoing-event';
import { readInput } from './read-input.ts';
import { readLines, type Line } from '@event-platform/testkit/client/read-lines';
import { TimeSpan, type Span } from './time-span.ts';

/** What a file is about, before any of it is sent. */
export interface FileScan {
  /** Blank lines not counted, broken ones counted. */
  lines: number;
  accounts: ReadonlySet<string>;
  /** The time of all timestamps; undefined when no line has one. */
  span: Span | undefined;
}

/** The server refuses events of other years; a slip in one line must not stretch the span to them. */
const endOfTimeMs = Date.UTC(10_000, 0);

/**
 * Reads a file whole: so its gzip is known to be whole before the first event leaves.
 *
 * @param limit how many lines are read at most
 * @param accountId account of lines that name none
 * @throws CliError when the file cannot be read or holds no line
 */
export async function scanFile(
  file: string,
  limit: number,
  accountId: string | undefined,
): Promise<FileScan> {
  const scan = await scanLines(readLines(readInput(file)), limit, accountId);
  if (scan.lines > 0) return scan;
  throw new CliError(`${file} holds no events: give one JSON object a line.`);
}

/** Counts lines and collects accounts and time; a line that is no event is only counted. */
export async function scanLines(
  all: AsyncIterable<Line>,
  limit: number,
  accountId: string | undefined,
): Promise<FileScan> {
  const accounts = new Set<string>();
  const time = new TimeSpan();
  let lines = 0;
  for await (const line of all) {
    lines++;
    const event = toOutgoing(line, { newEventId: () => '', accountId });
    if (!('code' in event)) {
      const { timestampMs: atMs } = event;
      if (event.accountId !== '') accounts.add(event.accountId);
      if (atMs !== undefined && atMs >= 0 && atMs < endOfTimeMs) time.include(atMs);
    }
    if (lines >= limit) break;
  }
  return { lines, accounts, span: time.range() };
}
