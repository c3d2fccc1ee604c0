import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { eventErrors } from './errors.ts';
import type { EventRow } from './columns.ts';
import { defaultInputLimits } from './input-limits.ts';
import { parseRows } from './row-lines.ts';
import { validateEvent, type ValidationContext } from './validate-event.ts';

const receivedAtMs = Date.parse('2026-11-23T12:00:00Z');
const context: ValidationContext = {
  limits: defaultInputLimits,
  receivedAtMs,
  receivedAt: '2026-11-23T12:00:00.000Z',
  keyAccount: undefined,
  checkText: true,
  newEventId: () => 'made-here',
};
const good = { event_id: 'e1', account_id: 'acme', user_id: 'u1', type: 'click' };

const validate = (raw: unknown, changes: Partial<ValidationContext> = {}) =>
  validateEvent(raw, { ...context, ...changes });

function rowOf(raw: unknown, changes: Partial<ValidationContext> = {}): EventRow {
  const result = validate(raw, changes);
  if (!result.ok) throw new Error(`rejected: ${result.code}`);
  const [row] = parseRows(result.row);
  if (!row) throw new Error('no row');
  return row;
}

describe('the row', () => {
  test('carries the event as it was sent', () => {
    const event = { ...good, timestamp: '2026-11-23T10:00:00.123456+01:00', metadata: { a: [1] } };
    expect(rowOf(event)).toEqual({
      account_id: 'acme',
      event_id: 'e1',
      user_id: 'u1',
      type: 'click',
      timestamp: '2026-11-23T10:00:00.123456+01:00',
      received_at: context.receivedAt,
      metadata: { a: [1] },
    });
  });

  test('carries a timestamp in lower case in upper case, and its minute as PostgreSQL will round it', () => {
    const event = { ...good, timestamp: '2026-11-23t10:00:59.9999996z' };
    expect(rowOf(event)).toMatchObject({ timestamp: '2026-11-23T10:00:59.9999996Z' });
    expect(validate(event)).toMatchObject({ minute: Date.parse('2026-11-23T10:01:00Z') / 60_000 });
  });

  test('gets an id, the time of receipt and empty metadata where the tenant left them out', () => {
    const row = rowOf({ account_id: 'acme', user_id: 'u', type: 't' });
    expect(row).toMatchObject({
      event_id: 'made-here',
      timestamp: context.receivedAt,
      metadata: {},
    });
  });

  test('cannot be broken out of by any text', () => {
    const hostile = '"},{"account_id":"victim","metadata":{}}\\"\n\u2028';
    const raw = { ...good, user_id: hostile, metadata: { [hostile]: hostile } };
    expect(rowOf(raw)).toMatchObject({
      account_id: 'acme',
      user_id: hostile,
      metadata: { [hostile]: hostile },
    });
  });
});

test('whatever JSON value is given, validation answers and never throws', () => {
  const anyText = fc.string({ unit: 'binary' });
  const anyJson = fc.jsonValue({ depthSize: 'large', stringUnit: 'binary' });
  const almostEvent = fc.record(
    {
      event_id: fc.oneof(anyText, anyJson),
      account_id: fc.oneof(anyText, anyJson),
      user_id: fc.oneof(anyText, anyJson),
      type: fc.oneof(anyText, anyJson),
      timestamp: fc.oneof(fc.date().map(String), anyText, anyJson),
      metadata: anyJson,
      ['__proto__']: anyJson,
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(anyJson, almostEvent), fc.boolean(), (raw, checkText) => {
      const result = validate(raw, { checkText });
      if (result.ok) expect(parseRows(result.row)).toHaveLength(1);
      else expect(eventErrors).toHaveProperty(result.code);
    }),
    { numRuns: 500 },
  );
});
