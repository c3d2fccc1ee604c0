/** Longer keys are not repeated in an answer. */
const maxKeyLength = 100;

/**
 * A JSON pointer to what is wrong with a key's value, seen from the object that holds it: the escaped key, and
 * what follows. Source: RFC 6901, sections 3 and 4.
 *
 * @param rest the pointer below the value, '' for the value itself
 * @returns '' where the key is too long or no sound text: the pointer then leads to the object that holds it
 */
export function pointerBelow(key: string, rest = ''): string {
  if (key.length > maxKeyLength || !key.isWellFormed()) return '';
  return `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}${rest}`;
}
