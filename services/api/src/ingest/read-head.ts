import { RequestError } from '@event-platform/core/event/errors';
import { invalidParameter, readKnown } from '../http/known-query.ts';
import { bodyDecoders } from './decode-body.ts';
import type { IngestHead, IngestMessage } from './ingest-request.ts';
import { readMediaType } from './media-type.ts';
import { readPrefer } from './wait/read-prefer.ts';

/**
 * Reads the query and the headers of POST /events.
 *
 * @throws RequestError parameter_invalid, media_type_unsupported or content_encoding_unsupported
 */
export function readHead({ query, headers }: Pick<IngestMessage, 'query' | 'headers'>): IngestHead {
  return {
    isAtomic: readAtomic(readKnown(query, ['atomic']).atomic),
    decoder: bodyDecoders[readMediaType(headers['content-type'])],
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
