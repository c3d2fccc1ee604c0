import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { eventRow, jobText, rowsText } from '../testing/sample-events.ts';
import { countEvents, decodeJob, encodeJob, type JobCell } from './job.ts';
import { parseRows } from './row-lines.ts';

const hostileAccounts = ['\n', '"}\n', '\\n', '\t', '}', '{"v":2,', '\u2028'];

describe('a job', () => {
  test('is read back as it was written, whatever the accounts are called', () => {
    const account = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...hostileAccounts));
    const accounts = fc.array(fc.tuple(account, fc.nat({ max: 3 })), { maxLength: 4 });
    fc.assert(
      fc.property(accounts, fc.array(account, { maxLength: 3 }), (counts, users) => {
        const job = {
          accounts: counts,
          cells: counts.map(([type, events], index): JobCell => [index, 29_000_000, type, events]),
          ids: 'AAAAbbbb',
          rows: rowsText(users.map((u) => eventRow({ u }))),
        };
        expect(decodeJob(encodeJob(job))).toEqual(job);
      }),
    );
  });

  test('is a line of JSON and a line an event for anyone who looks into Redis', () => {
    const rows = hostileAccounts.map((a) => eventRow({ a }));
    const [header = '', ...lines] = jobText(rows).split('\n');
    expect(JSON.parse(header)).toMatchObject({
      v: 2,
      accounts: hostileAccounts.map((a) => [a, 1]),
    });
    expect(lines).toHaveLength(rows.length);
  });

  test('hands its rows over without parsing them, and whole when asked to parse', () => {
    const rows = [eventRow({ u: '\n' }), eventRow({ m: { a: '\t\n', rows: [1] } })];
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
    '{"v":1,"accounts":[],"ids":"","rows":[]}',
    '{"v":2,"accounts":[["a",1]],"ids":""}',
    '{"v":2,"accounts":[["a",1],"ids":""}\n',
    '{"v":2,"ids":""}\n',
    '{"v":2,"accounts":{},"ids":""}\n',
    '{"v":2,"accounts":["a"],"ids":""}\n',
    '{"v":2,"accounts":[null],"ids":""}\n',
    '{"v":2,"accounts":[["a","1"]],"ids":""}\n',
    '{"v":2,"accounts":[],"ids":7}\n',
    '{"v":2,"accounts":[],"cells":{},"ids":""}\n',
    '{"v":2,"accounts":[],"cells":[[0,1,2,3]],"ids":""}\n',
    '{"v":2,"accounts":[],"lot":{"id":"x"},"ids":""}\n',
  ])('is refused: %j', (text) => {
    expect(() => decodeJob(text)).toThrow(/^(The job is not of version 2|.*JSON.*)$/);
  });
});
