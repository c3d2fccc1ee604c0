import type { Request } from 'express';
import { RequestError } from '@event-platform/core/event/errors';
import { invalidParameter, readKnown } from '../http/known-query.ts';
import { readMediaType, type BodyFormat } from './media-type.ts';
import { readPrefer, type WaitPreference } from './wait/read-prefer.ts';

/** What a request says about itself before its body. */
export interface RequestHead {
  /** All events are taken, or none. */
  isAtomic: boolean;
  format: BodyFormat;
  isGzip: boolean;
  /** The client would hear of the COMMIT. */
  wait: WaitPreference | undefined;
}

/**
 * Reads the query and the headers of a request.
 *
 * @throws RequestError parameter_invalid, media_type_unsupported or content_encoding_unsupported
 */
export function readHead({ query, headers }: Pick<Request, 'query' | 'headers'>): RequestHead {
  return {
    isAtomic: readAtomic(readKnown(query, ['atomic']).atomic),
    format: readMediaType(headers['content-type']),
    isGzip: readIsGzip(headers['content-encoding']),
    // Node joins a header that came twice.
    wait: readPrefer(headers['prefer'] as string | undefined),
  };
}

function readAtomic(value: string | undefined): boolean {
  if (value === undefined || value === 'false') return false;
  if (value === 'true' || value === '') return true;
  throw invalidParameter('atomic', 'atomic is true or false');
}

function readIsGzip(contentEncoding = 'identity'): boolean {
  const encoding = contentEncoding.trim().toLowerCase();
  if (encoding === 'identity') return false;
  if (encoding === 'gzip' || encoding === 'x-gzip') return true;
  throw new RequestError('content_encoding_unsupported');
}
