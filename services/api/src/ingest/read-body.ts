import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import { RequestError } from '@event-platform/core/event/errors';
import type { Hold } from '../http/fair-share.ts';

export interface BodyLimits {
  bodyBytes: number;
  inflatedBytes: number;
  bodyTimeoutMs: number;
}

/** Bytes that gunzip makes at once. */
const inflatedPieceBytes = 65_536;

/** When a retry is worth it after the memory for bodies was full: a body is worked off in less. */
const retryAfterSeconds = 2;

/**
 * Reads a whole body off the wire: at most `bodyBytes`, within `bodyTimeoutMs`. Its bytes are taken from
 * the process's share for bodies as they come.
 *
 * @throws RequestError body_too_large, bodies_in_flight, request_timeout or request_aborted
 */
export function readWire(
  request: IncomingMessage,
  { bodyBytes, bodyTimeoutMs }: BodyLimits,
  hold: Hold,
): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > bodyBytes) {
    return Promise.reject(tooLarge(bodyBytes));
  }
  // A small body has often come together with its headers: nothing to wait for.
  if (request.complete) {
    if (request.readableLength > bodyBytes) return Promise.reject(tooLarge(bodyBytes));
    if (!hold.take(request.readableLength)) return Promise.reject(bodiesFull());
    return Promise.resolve((request.read() as Buffer | null) ?? Buffer.alloc(0));
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const onTimeout = () => settle(new RequestError('request_timeout'));
    const timer = setTimeout(onTimeout, bodyTimeoutMs);
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      if (length > bodyBytes) settle(tooLarge(bodyBytes));
      else if (!hold.take(chunk.length)) settle(bodiesFull());
      else chunks.push(chunk);
    };
    const onEnd = () => settle();
    const onCut = () => settle(new RequestError('request_aborted'));
    const settle = (error?: RequestError) => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('error', onCut).off('close', onCut);
      if (!error) {
        resolve(Buffer.concat(chunks, length));
        return;
      }
      // What is left of a refused body is read on where errors are answered (http/drain-body.ts).
      request.pause();
      request.on('error', () => undefined);
      reject(error);
    };
    request.on('data', onData).on('end', onEnd).on('error', onCut).on('close', onCut);
  });
}

/**
 * Inflates a body, at most to `inflatedBytes`, which are taken from the share as they come.
 *
 * @param onPiece waited for after each piece, with the bytes so far
 * @throws RequestError inflated_too_large, bodies_in_flight or compression_invalid, or what `onPiece` throws
 */
export async function inflateBody(
  wire: Buffer,
  { inflatedBytes }: Pick<BodyLimits, 'inflatedBytes'>,
  hold: Hold,
  onPiece: (bytes: number) => Promise<void> | undefined,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  const gunzip = createGunzip({ chunkSize: inflatedPieceBytes });
  gunzip.end(wire);
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > inflatedBytes) throw inflatedTooLarge(inflatedBytes);
      if (!hold.take(chunk.length)) throw bodiesFull();
      chunks.push(chunk);
      await onPiece(length);
    }
  } catch (error) {
    if (error instanceof RequestError) throw error;
    throw new RequestError('compression_invalid', undefined, { cause: error });
  }
  const [only] = chunks;
  return only && chunks.length === 1 ? only : Buffer.concat(chunks, length);
}

/**
 * The bytes of a body behind its byte order mark, if it has one.
 *
 * @throws RequestError encoding_invalid
 */
export function checkEncoding(bytes: Buffer): Buffer {
  if (!isUtf8(bytes)) throw new RequestError('encoding_invalid');
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return hasMark ? bytes.subarray(3) : bytes;
}

/** The memory for bodies, or the sender's share of it, is used up. */
export function bodiesFull(): RequestError {
  return new RequestError('bodies_in_flight', undefined, { retryAfterSeconds });
}

function tooLarge(limit: number): RequestError {
  return new RequestError('body_too_large', `The body has at most ${limit} bytes on the wire`, {
    extra: { limit },
  });
}

function inflatedTooLarge(limit: number): RequestError {
  const detail = `The body has at most ${limit} bytes once decompressed`;
  return new RequestError('inflated_too_large', detail, { extra: { limit } });
}
