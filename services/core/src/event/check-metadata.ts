import type { EventErrorCode } from './errors.ts';
import { pointerBelow } from './json-pointer.ts';

export interface MetadataProblem {
  code: Extract<
    EventErrorCode,
    'metadata_too_deep' | 'key_forbidden' | 'text_not_storable' | 'number_out_of_range'
  >;
  /** JSON pointer below the metadata object, such as "/a/0". */
  pointer: string;
}

/** PostgreSQL refuses NUL in jsonb (22P05) and text that is not well-formed UTF-16. */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/**
 * Finds what PostgreSQL's jsonb would refuse in a parsed JSON value, or what would harm its readers.
 *
 * @param value parsed JSON
 * @param depthLeft how many levels of nesting are still allowed, this one included
 * @param checkText false when the request's bytes already rule out unstorable text, which is the
 *   common case and avoids a check of every string
 */
export function checkMetadata(
  value: unknown,
  depthLeft: number,
  checkText: boolean,
): MetadataProblem | undefined {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? undefined : { code: 'number_out_of_range', pointer: '' };
  }
  if (typeof value === 'string') {
    return checkText && !isStorableText(value)
      ? { code: 'text_not_storable', pointer: '' }
      : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  if (depthLeft <= 0) return { code: 'metadata_too_deep', pointer: '' };
  for (const key of Object.keys(value)) {
    if (key === '__proto__') return { code: 'key_forbidden', pointer: pointerBelow(key) };
    if (checkText && !isStorableText(key)) return { code: 'text_not_storable', pointer: '' };
    const found = checkMetadata((value as Record<string, unknown>)[key], depthLeft - 1, checkText);
    if (found) return { code: found.code, pointer: pointerBelow(key, found.pointer) };
  }
  return undefined;
}
