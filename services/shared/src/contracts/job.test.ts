import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { eventRow, jobText, rowsText } from '../testing/sample-events.ts';
import { countEvents, decodeJob, encodeJob, parseRows } from './job.ts';

const hostileAccounts = [
  ',"rows":[',
  '","rows":[{"a":"victim"}]}',
  '\\","rows":[',
  ']}',
  '{"v":1,',
  '\u2028',
];

describe('a job', () => {
  test('is read back as it was written, whatever the accounts are called', () => {
    const account = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...hostileAccounts));
    const accounts = fc.array(fc.tuple(account, fc.nat({ max: 3 })), { maxLength: 4 });
    fc.assert(
      fc.property(accounts, fc.array(account, { maxLength: 3 }), (counts, users) => {
        const job = {
          accounts: counts,
          ids: 'AAAAbbbb',
          rows: rowsText(users.map((u) => eventRow({ u }))),
        };
        expect(decodeJob(encodeJob(job))).toEqual(job);
      }),
    );
  });

  test('is ordinary JSON for anyone who looks into Redis', () => {
    const rows = hostileAccounts.map((a) => eventRow({ a }));
    expect(JSON.parse(jobText(rows))).toMatchObject({
      v: 1,
      accounts: hostileAccounts.map((a) => [a, 1]),
      rows,
    });
  });

  test('hands its rows over without parsing them, and whole when asked to parse', () => {
    const rows = [eventRow({ u: ',"rows":[' }), eventRow({ m: { a: ']}', rows: [1] } })];
    const job = decodeJob(jobText(rows));
    expect(job.rows).toBe(rowsText(rows));
    expect(parseRows(job.rows)).toEqual(rows);
    expect(countEvents(job)).toBe(2);
  });

  test('may be empty', () => {
    const job = { accounts: [], ids: '', rows: '' };
    expect(decodeJob(encodeJob(job))).toEqual(job);
    expect(parseRows('')).toEqual([]);
  });
});

describe('a text that is no job', () => {
  test.each([
    '',
    'null',
    '{}',
    '{"v":2,"accounts":[],"ids":"","rows":[]}',
    '{"v":1,"accounts":[["a",1]],"ids":""}',
    '{"v":1,"accounts":[["a",1]],"ids":"","rows":[{}',
    '{"v":1,"accounts":[["a",1],"ids":"","rows":[]}',
    '{"v":1,"ids":"","rows":[]}',
    '{"v":1,"accounts":{},"ids":"","rows":[]}',
    '{"v":1,"accounts":["a"],"ids":"","rows":[]}',
    '{"v":1,"accounts":[null],"ids":"","rows":[]}',
    '{"v":1,"accounts":[["a","1"]],"ids":"","rows":[]}',
    '{"v":1,"accounts":[],"ids":7,"rows":[]}',
  ])('is refused: %s', (text) => {
    expect(() => decodeJob(text)).toThrow(/^(The job is not of version 1|.*JSON.*)$/);
  });

  test.each(['{', 'null', '7', '[]', '{}', '{"a":"x"}', '{"a":{},"e":"x"}'])(
    'rows that no event can be found in are refused when parsed: %s',
    (rows) => {
      expect(() => parseRows(rows)).toThrow();
    },
  );
});
