import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { rowSeparator } from './row-lines.ts';

/**
 * From this many characters on, rows are packed: some 95 events. Below, the calls of zstd cost api and
 * worker more than they save (docs/adr/0024-packed-rows.md).
 */
export const packFromCharacters = 30_000;

/** The quickest of zstd's usual levels; higher ones made rows of events no smaller. */
const level = 1;

/** Lines (row-lines.ts) as a worker has them: text, or the UTF-8 bytes that packed ones become. COPY takes both. */
export type Rows = string | Buffer;

/** Packs rows as text that is cheaper for Redis and its clients: zstd, in base64 since a job is text. */
export function packRows(rows: string): string {
  const bytes = Buffer.from(rows);
  const packed = zstdCompressSync(bytes, {
    pledgedSrcSize: bytes.length,
    params: { [constants.ZSTD_c_compressionLevel]: level },
  });
  return packed.toString('base64');
}

/**
 * Reads what `packRows` wrote.
 *
 * @returns the rows in UTF-8
 * @throws the error of zstd when it is something else
 */
export function unpackRows(packed: string): Buffer {
  return zstdDecompressSync(Buffer.from(packed, 'base64'));
}

const separator = Buffer.from(rowSeparator);

/** Joins rows; texts stay text, which is cheaper than bytes when nothing has to be unpacked. */
export function joinRows(parts: readonly Rows[]): Rows {
  if (parts.every((part) => typeof part === 'string')) return parts.join(rowSeparator);
  const bytes = parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part));
  return Buffer.concat(bytes.flatMap((part, index) => (index === 0 ? [part] : [separator, part])));
}
