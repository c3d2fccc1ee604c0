import { isUtf8 } from 'node:buffer';
import { CliError } from '@event-platform/cli/lib/cli-error';

export interface Line {
  /** From 1, blank lines counted, as editors do. */
  number: number;
  /** Without the line end; undefined when the bytes are not UTF-8. */
  text: string | undefined;
}

/** No event comes near this; a file without line ends must not fill the memory. */
const maxLineBytes = 16 * 1024 * 1024;

const lineFeed = 0x0a;

/**
 * Cuts a stream of bytes into lines and leaves out blank ones. Bytes, not text, are cut: text would
 * already have turned broken UTF-8 into other characters without a word.
 *
 * @throws CliError when a line is longer than 16 MB
 */
export async function* readLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let number = 0;
  let pieces: Buffer[] = [];
  let pieceBytes = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      pieces.push(chunk.subarray(start, end));
      start = end + 1;
      const line = toLine(++number, pieces);
      if (line) yield line;
      pieces = [];
      pieceBytes = 0;
    }
    if (start < chunk.length) pieces.push(chunk.subarray(start));
    pieceBytes += chunk.length - start;
    if (pieceBytes > maxLineBytes) {
      throw new CliError(
        `Line ${number + 1} is longer than 16 MB: give one JSON object a line (NDJSON), not one array.`,
      );
    }
  }
  const last = toLine(number + 1, pieces);
  if (last) yield last;
}

function toLine(number: number, pieces: Buffer[]): Line | undefined {
  const bytes = pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces);
  if (!isUtf8(bytes)) return { number, text: undefined };
  // Also takes off the byte order mark that Windows tools put before the first line.
  const text = bytes.toString('utf8').trim();
  return text === '' ? undefined : { number, text };
}
