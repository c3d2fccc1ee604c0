import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { eventRow, jobText, rowsText } from '@event-platform/testkit/harness/sample-events';
import {
  countEvents,
  decodeJob,
  encodeJob,
  legibleJob,
  readJobHeader,
  type JobCount,
  type JobDraft,
} from './job.ts';
import { NewerFormat } from './job-formats.ts';
import { packFromCharacters, PackedRows, packRows } from './packed-rows.ts';
import { UnreadableRows } from './unreadable-rows.ts';
import { joinLines, linesOf, parseRows } from './row-lines.ts';

const hostileAccounts = ['\n', '"}\n', '\\n', '\t', '}', '{"v":2,', '\u2028'];

describe('a job', () => {
  test('is read back as it was written, whatever the accounts are called', () => {
    const account = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...hostileAccounts));
    const accounts = fc.array(fc.tuple(account, fc.nat({ max: 3 })), { maxLength: 4 });
    fc.assert(
      fc.property(accounts, fc.array(account, { maxLength: 3 }), (counts, users) => {
        const job = {
          accounts: counts,
          minuteCounts: counts.map(([type, events], index): JobCount => [
            index,
            29_000_000,
            type,
            events,
          ]),
          ids: 'AAAAbbbb',
          rows: rowsText(users.map((u) => eventRow({ user_id: u }))),
        };
        expectReadBack(job);
      }),
    );
  });

  test('is a line of JSON, then one line per event, readable in Redis', () => {
    const rows = hostileAccounts.map((a) => eventRow({ account_id: a }));
    const [header = '', ...lines] = jobText(rows).split('\n');
    expect(JSON.parse(header)).toMatchObject({
      v: 2,
      accounts: hostileAccounts.map((a) => [a, 1]),
    });
    expect(lines).toHaveLength(rows.length);
  });

  test('hands its rows over without parsing them, and whole when asked to parse', () => {
    const rows = [eventRow({ user_id: '\n' }), eventRow({ metadata: { a: '\t\n', rows: [1] } })];
    const job = decodeJob(jobText(rows));
    expect(linesOf(job.rows).toString()).toBe(rowsText(rows));
    expect(parseRows(job.rows)).toEqual(rows);
    expect(countEvents(job)).toBe(2);
  });

  test('may be empty', () => {
    const job = { accounts: [], ids: '', rows: '' };
    expectReadBack(job);
    expect(parseRows('')).toEqual([]);
  });
});

describe('a job of many rows', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 });
  const texts = fc.array(text, { minLength: 1, maxLength: 30 });

  test('is packed, and read back as it was written, whatever its rows say', () => {
    fc.assert(
      fc.property(texts, (users) => {
        const job = { accounts: [], ids: '', rows: manyRows(users) };
        const written = encodeJob(job);
        expect(written.length).toBeLessThan(job.rows.length);
        expectReadBack(job);
        expect(legibleJob(written).split('\n').slice(1).join('\n')).toBe(job.rows);
      }),
    );
  });

  test('shows what is in it without being unpacked, also by its first line alone', () => {
    const job: JobDraft = { accounts: [['acme', 400]], ids: 'AAAAbbbb', rows: manyRows(['u']) };
    const [header = ''] = encodeJob(job).split('\n');
    expect(readJobHeader(`${header}\n`)).toEqual({
      accounts: job.accounts,
      ids: job.ids,
      bytes: Buffer.byteLength(job.rows),
    });
  });

  test('is joined with others to the same lines, packed or not', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.boolean()), { minLength: 1 }), (parts) => {
        const rows = parts.map(([part, isBytes]) => (isBytes ? Buffer.from(part) : part));
        expect(joinLines(rows).toString()).toBe(parts.map(([part]) => part).join('\n'));
      }),
    );
  });

  test('is refused when what was packed got damaged', () => {
    const written = encodeJob({ accounts: [], ids: '', rows: manyRows(['u']) });
    for (const damaged of [written.slice(0, -20), written.replace(/\n.{8}/, '\nAAAAAAAA')]) {
      expect(() => linesOf(decodeJob(damaged).rows)).toThrow(UnreadableRows);
      expect(legibleJob(damaged)).toBe(damaged);
    }
  });

  function manyRows(users: readonly string[]): string {
    const rows: string[] = [];
    for (let length = 0; length < packFromCharacters; length += rows.at(-1)?.length ?? 0) {
      rows.push(rowsText([eventRow({ user_id: users[rows.length % users.length] ?? '' })]));
    }
    return rows.join('\n');
  }
});

function expectReadBack(job: JobDraft): void {
  const { rows: _rows, ...header } = job;
  const written = encodeJob(job);
  const read = decodeJob(written);
  const bytes = Buffer.byteLength(job.rows);
  expect({ ...read, rows: linesOf(read.rows).toString() }).toEqual({ ...job, bytes });
  expect(readJobHeader(written)).toEqual({ ...header, bytes });
}

describe('a job of another build', () => {
  const text = encodeJob({ accounts: [['a', 1]], ids: 'AAAAbbbb', rows: 'x'.repeat(40_000) });

  test('that is newer is distinguished from what no build can read', () => {
    const future = text.replace('"v":3', '"v":17');
    expect(() => decodeJob(future)).toThrow(new NewerFormat(17));
    expect(() => readJobHeader(future)).toThrow(NewerFormat);
    expect(() => decodeJob(text, [2])).toThrow(new NewerFormat(3));
  });

  test('that does not say how large its rows are is measured', () => {
    const silent = (job: string) => job.replace(/,"bytes":\d+/, '');
    expect(decodeJob(silent(text))).toMatchObject({ bytes: 40_000 });
    const lines = encodeJob({ accounts: [['a', 1]], ids: 'AAAAbbbb', rows: 'xyz' });
    expect(decodeJob(silent(lines))).toMatchObject({ rows: 'xyz', bytes: 3 });
  });

  test('is written as lines for workers that read nothing newer', () => {
    const draft = { accounts: [], ids: '', rows: 'x'.repeat(40_000) };
    const written = encodeJob(draft, 2);
    expect(decodeJob(written, [2])).toMatchObject(draft);
  });
});

describe('packed rows', () => {
  test('know their size before they are unpacked, at every size', () => {
    for (const size of [0, 1, 255, 256, 257, 65_535, 65_536, 65_792, 70_000, 3_000_000]) {
      const rows = new PackedRows(packRows(Buffer.alloc(size, 'row ')));
      expect(rows.bytes).toBe(size);
      expect(rows.unpack()).toHaveLength(size);
    }
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
    expect(() => decodeJob(text)).toThrow(/^(The job is of no known version|.*JSON.*)$/);
  });
});
