/** What a byte of JSON begins, outside of strings. */
export const kind = { other: 0, quote: 1, comma: 2, open: 3, close: 4, blank: 5 } as const;

/** The kind of each byte. A table, since a chain of comparisons is several times slower. */
export const kinds = new Uint8Array(256);
kinds['"'.charCodeAt(0)] = kind.quote;
kinds[','.charCodeAt(0)] = kind.comma;
for (const open of '[{') kinds[open.charCodeAt(0)] = kind.open;
for (const close of ']}') kinds[close.charCodeAt(0)] = kind.close;
for (const blank of ' \t\n\v\f\r') kinds[blank.charCodeAt(0)] = kind.blank;

const [quote, backslash, deadLetterU] = [0x22, 0x5c, 0x75];

/** A string in a body. */
export interface StringEnd {
  /** Behind its closing quote, or the end of what there is. */
  at: number;
  /** How many bytes fewer it has at least when it is written without needless escapes. */
  escaped: number;
}

/**
 * Finds the end of a string.
 *
 * @param from of its opening quote
 * @param to where to stop if it does not end
 * @param found where to write it, so that no object is made for each string
 */
export function findStringEnd(bytes: Buffer, from: number, to: number, found: StringEnd): void {
  let at = from + 1;
  let escaped = 0;
  for (; at < to; at++) {
    const byte = bytes[at];
    if (byte === quote) break;
    if (byte === backslash) {
      at++;
      escaped += bytes[at] === deadLetterU ? 5 : 1;
    }
  }
  found.at = Math.min(at + 1, to);
  found.escaped = escaped;
}
