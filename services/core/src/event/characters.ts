/**
 * True when a text has at most `max` characters, counted as zod and PostgreSQL do: by code point, so
 * that an emoji is one and not two.
 */
export function fitsCharacters(text: string, max: number): boolean {
  return text.length <= max || (text.length <= 2 * max && Array.from(text).length <= max);
}

/** The first `max` characters of a text, by code point. */
export function firstCharacters(text: string, max: number): string {
  return fitsCharacters(text, max)
    ? text
    : Array.from(text.slice(0, 2 * max))
        .slice(0, max)
        .join('');
}
