import { expect, test } from '@jest/globals';
import { eventColumns, plainRow, tenantColumns } from './columns.ts';
import { eventSchema } from './event.ts';

test('every field of the contract is a column that a tenant sends, and every such column is a field', () => {
  const fields = Object.keys(eventSchema.shape);
  expect(new Set(tenantColumns.map(({ name }) => name))).toEqual(new Set(fields));
});

test('the key comes first and metadata last, as readers of single fields expect', () => {
  const names = eventColumns.map(({ name }) => name);
  expect(names.slice(0, 2)).toEqual(['account_id', 'event_id']);
  expect(names.at(-1)).toBe('metadata');
});

test('a plain row has every column', () => {
  expect(Object.keys(plainRow('text', '2026-11-01T12:00:00.000Z'))).toEqual(
    eventColumns.map(({ name }) => name),
  );
});
