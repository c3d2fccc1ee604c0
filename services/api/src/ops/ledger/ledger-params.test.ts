import { expect, test } from '@jest/globals';
import { RequestError } from '@event-platform/core/event/errors';
import { parseLedgerParams } from './ledger-params.ts';

const nowMs = Date.parse('2026-11-24T20:00:30Z');
const read = (query: object) => parseLedgerParams(query, nowMs);

test('without a range it is the hour that ends with the current minute', () => {
  const toMs = Date.parse('2026-11-24T20:01:00Z');
  expect(read({})).toEqual({ accountId: undefined, fromMs: toMs - 3_600_000, toMs });
});

test('an instant is read as in every other query, to the minute that holds it', () => {
  const range = read({ from: '2026-11-24t09:30:59.9999996z', to: '2026-11-24T12:31:30 01:00' });
  expect(range).toMatchObject({
    fromMs: Date.parse('2026-11-24T09:31:00Z'),
    toMs: Date.parse('2026-11-24T11:31:00Z'),
  });
});

test.each([
  ['from', { from: '2026-11-24T20:01:00Z' }],
  ['from', { from: '2026-11-24T10:00:40Z', to: '2026-11-24T10:00:50Z' }],
  ['from', { from: '2026-10-01T00:00:00Z' }],
  ['from', { from: 'yesterday' }],
  ['to', { to: '2026-11-24' }],
  ['to', { to: '2026-11-24T00:00:00+20:00' }],
  ['account', { account: '' }],
  ['account', { account: 'a\0b' }],
  ['account', { account: '\ud800' }],
  ['account', { account: 'x'.repeat(256) }],
  ['window', { window: '1h' }],
])('a range that is none is refused, and the parameter named: %s of %j', (parameter, query) => {
  let thrown: unknown;
  try {
    read(query);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(RequestError);
  expect(thrown).toMatchObject({ code: 'parameter_invalid', extra: { parameter } });
});
