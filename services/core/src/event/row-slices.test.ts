import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { eventRow, eventRows, rowsText } from '@event-platform/testkit/harness/sample-events';
import type { EventRow } from './columns.ts';
import { PackedRows, packRows } from './packed-rows.ts';
import { rowLine, type Rows } from './row-lines.ts';
import { bytesOf, sliceRows } from './row-slices.ts';
import { UnreadableRows } from './unreadable-rows.ts';

const byReceipt = (a: EventRow, b: EventRow) =>
  Number(a.received_at > b.received_at) - Number(a.received_at < b.received_at);
const pack = (text: string) => new PackedRows(packRows(Buffer.from(text)));
const textAs: ((text: string) => Rows)[] = [(text) => text, (text) => Buffer.from(text), pack];

describe('slices of rows', () => {
  test('hold every event once, the first received of each, and no more than their bytes', () => {
    const row = fc.record({
      event_id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      received_at: fc.integer({ min: 0, max: 3 }).map((ms) => `2026-11-01T12:00:00.00${ms}Z`),
      metadata: fc.record({ text: fc.string({ maxLength: 300 }) }),
    });
    const part = fc.tuple(fc.array(row, { minLength: 1, maxLength: 6 }), fc.nat({ max: 2 }));
    const parts = fc.array(part, { maxLength: 5 });
    fc.assert(
      fc.property(parts, fc.integer({ min: 1, max: 3_000 }), (list, maxBytes) => {
        const rows = list.map(([changes]) => changes.map((change) => eventRow(change)));
        const given = rows.map((own, index) => ({
          rows: textAs[list[index]?.[1] ?? 0]?.(rowsText(own)) ?? '',
          events: own.length,
        }));
        const slices = [...sliceRows(given, maxBytes)];
        const expected = new Map<string, string>();
        for (const one of rows.flat().toSorted(byReceipt)) {
          if (!expected.has(one.event_id)) expected.set(one.event_id, JSON.stringify(one.metadata));
        }
        const found = slices.flat().map((row): [string, string] => [row.event_id, row.metadata]);
        expect(found).toHaveLength(expected.size);
        expect(new Map(found)).toEqual(expected);
        for (const slice of slices) {
          const bytes = slice.reduce((sum, one) => sum + rowLine(one).length, 0);
          expect(slice.length === 1 || bytes <= maxBytes).toBe(true);
        }
      }),
    );
  });

  test('have a known size in bytes beforehand, packed or not', () => {
    const text = rowsText(eventRows(200));
    for (const as of textAs) expect(bytesOf([{ rows: as(text) }])).toBe(text.length);
  });

  test('are refused when a job holds other rows than it says, before any is given', () => {
    const parts = [
      { rows: rowsText(eventRows(3)), events: 3 },
      { rows: rowsText(eventRows(3)), events: 4 },
    ];
    for (const maxBytes of [1, 1_000_000]) {
      expect(() => sliceRows(parts, maxBytes).next()).toThrow(UnreadableRows);
    }
  });
});
