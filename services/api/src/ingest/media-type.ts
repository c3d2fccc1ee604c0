import { RequestError } from '@event-platform/core/event/errors';

export type BodyFormat = 'json' | 'ndjson';

const formats = new Map<string, BodyFormat>([
  ['application/json', 'json'],
  ['application/x-ndjson', 'ndjson'],
  ['application/ndjson', 'ndjson'],
  ['application/jsonl', 'ndjson'],
]);

/**
 * Reads a Content-Type.
 *
 * @throws RequestError media_type_unsupported for another type, or another charset than UTF-8
 */
export function readMediaType(contentType: string | undefined): BodyFormat {
  // By far the most frequent one, spared the splitting.
  if (contentType === 'application/json') return 'json';
  const [type = '', ...parameters] = (contentType ?? '').split(';');
  const format = formats.get(type.trim().toLowerCase());
  const charset = parameters
    .map((parameter) => parameter.trim().toLowerCase())
    .find((parameter) => parameter.startsWith('charset='))
    ?.slice('charset='.length)
    .replaceAll('"', '');
  if (!format || (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')) {
    throw new RequestError('media_type_unsupported');
  }
  return format;
}
