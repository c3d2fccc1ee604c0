import { randomFillSync, randomInt } from 'node:crypto';

/** Characters of a UUID. */
export const idLength = 36;

/** Writes ids, each of them new, as ASCII into a buffer. */
export interface EventIds {
  write: (bytes: Buffer, at: number) => void;
}

const hexDigits = Buffer.from('0123456789abcdef', 'latin1');
const dash = '-'.charCodeAt(0);

/**
 * UUIDv7: 48 bits of time, then a part that belongs to this process, then a counter. Written digit
 * by digit into the bytes that are sent, since the generator shares the cores with what it measures.
 */
export function uuidV7s(nowMs: () => number = Date.now): EventIds {
  const own = `7${hex(randomInt(2 ** 12), 3)}-8${hex(randomInt(2 ** 12), 3)}-`;
  let counter = 0;
  let writtenMs = -1;
  let head = Buffer.alloc(0);
  return {
    write(bytes, at) {
      const atMs = nowMs();
      if (atMs !== writtenMs) {
        const time = hex(atMs, 12);
        head = Buffer.from(`${time.slice(0, 8)}-${time.slice(8)}-${own}`, 'latin1');
        writtenMs = atMs;
      }
      head.copy(bytes, at);
      let rest = counter++;
      for (let digit = at + idLength - 1; digit >= at + head.length; digit--) {
        bytes[digit] = hexDigits[rest & 15] ?? 0;
        rest = Math.floor(rest / 16);
      }
    },
  };
}

/** UUIDv4: ids without any order, which PostgreSQL's index likes less. */
export function uuidV4s(): EventIds {
  const pool = Buffer.alloc(16 * 1024);
  let used = pool.length;
  return {
    write(bytes, at) {
      if (used === pool.length) {
        randomFillSync(pool);
        used = 0;
      }
      let nibble = 0;
      for (let place = 0; place < idLength; place++) {
        const isDash = place === 8 || place === 13 || place === 18 || place === 23;
        if (isDash) {
          bytes[at + place] = dash;
          continue;
        }
        const byte = pool[used + (nibble >> 1)] ?? 0;
        let value = nibble % 2 === 0 ? byte >> 4 : byte & 15;
        if (nibble === 12) value = 4;
        if (nibble === 16) value = 8 | (value & 3);
        bytes[at + place] = hexDigits[value] ?? 0;
        nibble++;
      }
      used += 16;
    },
  };
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
