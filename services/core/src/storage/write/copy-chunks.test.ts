import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PackedRows, packRows } from '../../event/packed-rows.ts';
import { copyChunks } from './copy-chunks.ts';

test('rows are sent as the same lines, however they are packed and cut', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
  const parts = fc.array(fc.tuple(text, fc.nat({ max: 2 })), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(parts, fc.integer({ min: 1, max: 300 }), (list, maxBytes) => {
      const rows = list.map(([own, as]) => {
        if (as === 0) return own;
        return as === 1 ? Buffer.from(own) : new PackedRows(packRows(Buffer.from(own)));
      });
      const chunks = [...copyChunks(rows, maxBytes)].map((chunk) => chunk.toString());
      expect(chunks.join('')).toBe(list.map(([own]) => own).join('\n'));
      const longest = Math.max(...list.map(([own]) => Buffer.byteLength(own)));
      for (const chunk of chunks) {
        // Small parts are joined up to the bound, so one more and its separators may come on top.
        expect(Buffer.byteLength(chunk)).toBeLessThanOrEqual(3 * maxBytes + longest + list.length);
      }
    }),
  );
});

test('nothing is unpacked before it is its turn', () => {
  let unpacked = 0;
  class Counted extends PackedRows {
    override unpack(): Buffer {
      unpacked++;
      return super.unpack();
    }
  }
  const packed = packRows(Buffer.alloc(1_000, 'x'));
  const chunks = copyChunks([new Counted(packed), new Counted(packed), new Counted(packed)], 1_000);
  chunks.next();
  expect(unpacked).toBe(1);
});
