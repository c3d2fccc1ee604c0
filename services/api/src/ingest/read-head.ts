import type { Request } from 'express';
import { RequestError } from '@event-platform/shared/contracts/errors';
import { readMediaType, type BodyFormat } from './media-type.ts';

/** What a request says about itself before its body. */
export interface RequestHead {
  /** All events are taken, or none. */
  isAtomic: boolean;
  format: BodyFormat;
  isGzip: boolean;
}

/**
 * Reads the query and the headers of a request.
 *
 * @throws RequestError parameter_invalid, media_type_unsupported or content_encoding_unsupported
 */
export function readHead({ query, headers }: Pick<Request, 'query' | 'headers'>): RequestHead {
  return {
    isAtomic: readAtomic(query['atomic']),
    format: readMediaType(headers['content-type']),
    isGzip: readIsGzip(headers['content-encoding']),
  };
}

function readAtomic(value: unknown): boolean {
  if (value === undefined || value === 'false') return false;
  if (value === 'true' || value === '') return true;
  throw new RequestError('parameter_invalid', 'atomic is true or false', {
    extra: { parameter: 'atomic' },
  });
}

function readIsGzip(contentEncoding = 'identity'): boolean {
  const encoding = contentEncoding.trim().toLowerCase();
  if (encoding === 'identity') return false;
  if (encoding === 'gzip' || encoding === 'x-gzip') return true;
  throw new RequestError('content_encoding_unsupported');
}
