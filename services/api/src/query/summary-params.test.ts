import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RequestError } from '@event-platform/core/event/errors';
import { parseSummaryParams } from './summary-params.ts';

const nowMs = Date.parse('2026-11-23T12:00:00Z');
const hourMs = 3_600_000;
const us = (epochMs: number) => BigInt(epochMs) * 1_000n;

function refusedParameter(query: Record<string, unknown>): unknown {
  try {
    parseSummaryParams(query, nowMs);
  } catch (error) {
    if (error instanceof RequestError && error.code === 'parameter_invalid') {
      return error.extra['parameter'];
    }
    throw error;
  }
  return undefined;
}

describe('parseSummaryParams', () => {
  test('without parameters the last 24 hours, 10 users and 100 types are meant', () => {
    expect(parseSummaryParams({}, nowMs)).toEqual({
      span: [us(nowMs - 24 * hourMs), us(nowMs)],
      limit: 10,
      types: 100,
      cacheWindow: '24h',
    });
  });

  test.each([
    ['1m', 60_000],
    ['15m', 15 * 60_000],
    ['24h', 24 * hourMs],
    ['7d', 7 * 24 * hourMs],
    ['366d', 366 * 24 * hourMs],
    ['8784h', 366 * 24 * hourMs],
  ])('the window %s reaches that far back', (window, lengthMs) => {
    const params = parseSummaryParams({ window }, nowMs);
    expect(params.span).toEqual([us(nowMs - lengthMs), us(nowMs)]);
    expect(params.cacheWindow).toBe(window);
  });

  test.each([
    '',
    '0m',
    '024h',
    '1',
    'h',
    '1s',
    '1w',
    '-1h',
    '1.5h',
    '1h ',
    '367d',
    '9999999m',
    '1H',
  ])('the window %j is refused', (window) => expect(refusedParameter({ window })).toBe('window'));

  test('from and to are read with their offsets and cached under UTC', () => {
    const params = parseSummaryParams(
      { from: '2026-01-01T02:00:00+02:00', to: '2026-01-01T01:30:00.250Z', limit: '100' },
      nowMs,
    );
    expect(params).toEqual({
      span: [us(Date.parse('2026-01-01T00:00:00Z')), us(Date.parse('2026-01-01T01:30:00.250Z'))],
      limit: 100,
      types: 100,
      cacheWindow: '2026-01-01T00:00:00.000Z..2026-01-01T01:30:00.250Z',
    });
  });

  test('from and to keep their microseconds, in the cache too', () => {
    const params = parseSummaryParams(
      { from: '2026-01-01t00:00:00.000001z', to: '2026-01-01T00:00:00.0000025Z', types: '1000' },
      nowMs,
    );
    const startUs = us(Date.parse('2026-01-01T00:00:00Z'));
    expect(params).toEqual({
      span: [startUs + 1n, startUs + 2n],
      limit: 10,
      types: 1_000,
      cacheWindow: '2026-01-01T00:00:00.000001Z..2026-01-01T00:00:00.000002Z',
    });
  });

  test('a plus sign that became a space on the way still counts as a plus sign', () => {
    const { span } = parseSummaryParams(
      { from: '2026-01-01T02:00:00 02:00', to: '2026-01-02T00:00:00Z' },
      nowMs,
    );
    expect(span[0]).toBe(us(Date.parse('2026-01-01T00:00:00Z')));
  });

  const from = '2026-01-01T00:00:00Z';
  test.each([
    ['a date without a time', { from: '2026-01-01', to: from }, 'from'],
    ['a time without an offset', { from, to: '2026-01-02T00:00:00' }, 'to'],
    [
      'a day that does not exist',
      { from: '2026-02-30T00:00:00Z', to: '2026-03-02T00:00:00Z' },
      'from',
    ],
    ['from without to', { from }, 'to'],
    ['to without from', { to: from }, 'from'],
    ['an empty range', { from, to: from }, 'from'],
    ['a reversed range', { from: '2026-01-02T00:00:00Z', to: from }, 'from'],
    ['a range of more than 5 years', { from: '2020-01-01T00:00:00Z', to: from }, 'from'],
    [
      'an instant before 1970',
      { from: '1969-12-31T23:59:59Z', to: '1970-01-02T00:00:00Z' },
      'from',
    ],
    [
      'an instant beyond the year 9999',
      { from: '9999-12-31T00:00:00Z', to: '9999-12-31T23:59:59-01:00' },
      'to',
    ],
    ['window beside from and to', { window: '1h', from, to: '2026-01-02T00:00:00Z' }, 'window'],
    ['window beside from', { window: '1h', from }, 'window'],
    ['a limit of 0', { limit: '0' }, 'limit'],
    ['a limit of 101', { limit: '101' }, 'limit'],
    ['a limit that is no number', { limit: '1e1' }, 'limit'],
    ['an empty limit', { limit: '' }, 'limit'],
    ['1,001 types', { types: '1001' }, 'types'],
    ['an offset that no clock has', { from, to: '2026-01-02T00:00:00+16:00' }, 'to'],
    ['an unknown parameter', { windw: '1h' }, 'windw'],
    ['a repeated parameter', { window: ['1h', '2h'] }, 'window'],
    ['a parameter in capitals', { Limit: '1' }, 'Limit'],
  ])('%s is refused by name', (_what, query, parameter) => {
    expect(refusedParameter(query)).toBe(parameter);
  });

  test('exactly five years are allowed, leap days included', () => {
    const query = { from: '2024-01-01T00:00:00Z', to: '2029-01-01T00:00:00Z' };
    expect(refusedParameter(query)).toBeUndefined();
  });

  test('whatever is sent is either understood or refused by name', () => {
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom('1h', '24h', '366d', '5', from, '2026-01-02T00:00:00+14:00'),
      fc.array(fc.string(), { maxLength: 2 }),
    );
    const key = fc.oneof(fc.constantFrom('window', 'from', 'to', 'limit'), fc.string());
    fc.assert(
      fc.property(fc.dictionary(key, value), (query) => {
        const refused = refusedParameter(query);
        if (refused !== undefined) return typeof refused === 'string';
        const { span, limit } = parseSummaryParams(query, nowMs);
        return span[0] < span[1] && span[0] >= 0n && limit >= 1 && limit <= 100;
      }),
    );
  });
});
