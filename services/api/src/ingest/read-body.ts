import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { RequestError } from '@event-platform/shared/contracts/errors';

const inflate = promisify(gunzip);

export interface BodyLimits {
  bodyBytes: number;
  inflatedBytes: number;
  bodyTimeoutMs: number;
}

/**
 * Reads a whole body as text: at most `bodyBytes` off the wire and `inflatedBytes` after gzip, within
 * `bodyTimeoutMs`, in valid UTF-8, without a byte order mark.
 *
 * @throws RequestError body_too_large, inflated_too_large, request_timeout, request_aborted,
 *   compression_invalid or encoding_invalid
 */
export async function readBody(
  request: IncomingMessage,
  isGzip: boolean,
  limits: BodyLimits,
): Promise<string> {
  const wire = await readWire(request, limits);
  const bytes = isGzip ? await unzip(wire, limits.inflatedBytes) : wire;
  if (!isUtf8(bytes)) throw new RequestError('encoding_invalid');
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return bytes.toString('utf8', hasMark ? 3 : 0);
}

function tooLarge(limit: number): RequestError {
  return new RequestError('body_too_large', `The body has at most ${limit} bytes on the wire`, {
    extra: { limit },
  });
}

function readWire(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  const { bodyBytes, bodyTimeoutMs } = limits;
  if (Number(request.headers['content-length'] ?? 0) > bodyBytes) {
    return Promise.reject(tooLarge(bodyBytes));
  }
  // A small body has often come together with its headers: nothing to wait for.
  if (request.complete) {
    if (request.readableLength > bodyBytes) return Promise.reject(tooLarge(bodyBytes));
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
      // What is left of a refused body is read on where errors are answered (http/forget-body.ts).
      request.pause();
      request.on('error', () => undefined);
      reject(error);
    };
    request.on('data', onData).on('end', onEnd).on('error', onCut).on('close', onCut);
  });
}

async function unzip(wire: Buffer, inflatedBytes: number): Promise<Buffer> {
  try {
    return await inflate(wire, { maxOutputLength: inflatedBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new RequestError(
        'inflated_too_large',
        `The body has at most ${inflatedBytes} bytes once decompressed`,
        { extra: { limit: inflatedBytes } },
      );
    }
    throw new RequestError('compression_invalid', undefined, { cause: error });
  }
}
