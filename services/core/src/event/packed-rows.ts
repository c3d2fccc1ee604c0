import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { UnreadableRows } from './unreadable-rows.ts';

/**
 * From this many characters on, rows are packed: some 95 events. Below, the calls of zstd cost api and
 * worker more than they save (docs/adr/0024-packed-rows.md).
 */
export const packFromCharacters = 30_000;

/** The quickest of zstd's usual levels; higher ones made rows of events no smaller. */
const level = 1;

/** Packs the UTF-8 of rows as text that is cheaper for Redis and its clients: zstd, in base64 since a job is text. */
export function packRows(bytes: Buffer): string {
  const packed = zstdCompressSync(bytes, {
    pledgedSrcSize: bytes.length,
    params: { [constants.ZSTD_c_compressionLevel]: level },
  });
  return packed.toString('base64');
}

/**
 * Rows that `packRows` wrote, still packed: a job in memory takes a fraction of the size of its rows, and
 * what is unpacked exists only while it is written.
 */
export class PackedRows {
  /** Of the rows in UTF-8, once unpacked. */
  readonly bytes: number;
  private readonly packed: Buffer;

  /** @throws UnreadableRows when the text does not begin as `packRows` writes it */
  constructor(base64: string) {
    this.packed = Buffer.from(base64, 'base64');
    this.bytes = contentSize(this.packed);
  }

  /**
   * The rows in UTF-8, anew with each call.
   *
   * @throws UnreadableRows when they cannot be unpacked
   */
  unpack(): Buffer {
    try {
      // zlib refuses a limit of 0.
      return zstdDecompressSync(this.packed, { maxOutputLength: Math.max(1, this.bytes) });
    } catch (error) {
      throw new UnreadableRows('The rows of the job cannot be unpacked', { cause: error });
    }
  }
}

const magic = 0xfd2fb528;
/** By the two lowest bits of the descriptor. */
const bytesOfDictionaryId = [0, 1, 2, 4] as const;

/**
 * The size that zstd wrote at the head of its frame, since it was pledged to it.
 * Source: RFC 8878, 3.1.1, "Zstandard Frames".
 */
function contentSize(frame: Buffer): number {
  try {
    if (frame.readUInt32LE(0) !== magic) throw new RangeError('no frame of zstd');
    const descriptor = frame.readUInt8(4);
    const isSingleSegment = (descriptor & 0b10_0000) !== 0;
    const dictionaryId = bytesOfDictionaryId[(descriptor & 0b11) as 0 | 1 | 2 | 3];
    const at = 5 + (isSingleSegment ? 0 : 1) + dictionaryId;
    switch (descriptor >> 6) {
      case 1:
        return frame.readUInt16LE(at) + 256;
      case 2:
        return frame.readUInt32LE(at);
      case 3:
        return Number(frame.readBigUInt64LE(at));
      default:
        if (isSingleSegment) return frame.readUInt8(at);
        throw new RangeError('a frame that does not say how large it is');
    }
  } catch (error) {
    throw new UnreadableRows('The rows of the job are not packed in the expected form', {
      cause: error,
    });
  }
}
