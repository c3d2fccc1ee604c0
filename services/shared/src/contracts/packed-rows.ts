import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/**
 * From this many characters on, rows are packed: some 95 events. Below, the calls of zstd cost api and
 * worker more than they save (docs/adr/0024-packed-rows.md).
 */
export const packFromCharacters = 30_000;

/** The quickest of zstd's usual levels; higher ones made rows of events no smaller. */
const level = 1;

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
