import { randomUUID } from 'node:crypto';

const backslash = 0x5c;
const quote = 0x22;
const colon = 0x3a;
/** Stands for a key with escapes while the text is parsed; no text contains it. */
const mark = `key-${randomUUID()}-`;

/**
 * Parses JSON as JSON.parse should. V8 13.6 (Node.js 24) compares the raw text of a key with the keys that objects of the
 * same shape had before, escapes included: after `{"\\":1}` the text `{"\t":1}` gives the key `\`. One tenant's keys would
 * change another's. So keys with escapes are decoded here, one by one; all other texts go to JSON.parse as they are.
 *
 * @throws SyntaxError as JSON.parse does
 */
export function parseExactJson(text: string): unknown {
  if (!text.includes('\\')) return JSON.parse(text);
  const keys: string[] = [];
  let marked = '';
  let copiedTo = 0;
  for (const [start, end] of escapedKeys(text)) {
    marked += `${text.slice(copiedTo, start)}"${mark}${keys.length}"`;
    keys.push(JSON.parse(text.slice(start, end)) as string);
    copiedTo = end;
  }
  if (keys.length === 0) return JSON.parse(text);
  const value: unknown = JSON.parse(marked + text.slice(copiedTo));
  restoreKeys(value, keys);
  return value;
}

/** Where the keys with escapes begin and end, quotes included. One pass over the text. */
function* escapedKeys(text: string): Generator<[start: number, end: number]> {
  for (let at = text.indexOf('\\'); at >= 0;) {
    // The first backslash of its string: the quote before it opens the string.
    const start = text.lastIndexOf('"', at);
    let end = at;
    while (end < text.length && text.charCodeAt(end) !== quote) {
      end += text.charCodeAt(end) === backslash ? 2 : 1;
    }
    if (start < 0 || end >= text.length) return;
    if (text.charCodeAt(skipBlanks(text, end + 1)) === colon) yield [start, end + 1];
    at = text.indexOf('\\', end + 1);
  }
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (' \t\n\r'.includes(text.charAt(at)) && at < text.length) at++;
  return at;
}

/** Gives each marked key its name again, in place and in order. Not recursive: a text may be nested deeply. */
function restoreKeys(root: unknown, keys: readonly string[]): void {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    const names = Object.keys(value);
    for (const name of names) open.push((value as Record<string, unknown>)[name]);
    if (Array.isArray(value) || !names.some((name) => name.startsWith(mark))) continue;
    const object = value as Record<string, unknown>;
    // Taken out first: a marked key may be equal to another one, and then the last value counts.
    const entries = names.map((name): [string, unknown] => [
      name.startsWith(mark) ? (keys[Number(name.slice(mark.length))] ?? name) : name,
      object[name],
    ]);
    for (const name of names) Reflect.deleteProperty(object, name);
    // Not by assignment: `__proto__` is a key like any other.
    for (const [key, one] of entries) {
      const flags = { writable: true, enumerable: true, configurable: true };
      Object.defineProperty(object, key, { value: one, ...flags });
    }
  }
}
