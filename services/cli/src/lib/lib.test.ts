import { describe, expect, test } from '@jest/globals';
import { CliError } from './cli-error.ts';
import { explainError } from './explain-error.ts';
import { formatTable, printable } from './table.ts';

describe('explainError', () => {
  test('the cause is found below what wraps it, and no password is shown', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), {
      code: 'ECONNREFUSED',
      address: '::1',
      port: 5432,
    });
    const wrapped = new Error('Failed query: postgres://u:secret@h/d', {
      cause: new AggregateError([refused]),
    });
    expect(explainError(wrapped)).toMatch(/^No server answers at ::1:5432 \(ECONNREFUSED\): /);
  });

  test('errors of PostgreSQL name what to do; unknown ones are shown as they are', () => {
    const missing = Object.assign(new Error('relation "events" does not exist'), { code: '42P01' });
    expect(explainError(missing)).toMatch(/does not exist: .*run the migration/);
    expect(explainError(new CliError('Do this.'))).toBe('Do this.');
    expect(explainError(new Error('odd'))).toBe('odd');
    expect(explainError('thrown')).toBe('thrown');
  });
});

describe('formatTable', () => {
  test('numbers stand to the right, and nothing steers the terminal', () => {
    const table = formatTable(
      ['name', 'n'],
      [
        ['a\u001b[2J', 1],
        ['b', 1234],
      ],
    );
    expect(table.split('\n')).toEqual([
      'name            n',
      '──────────  ─────',
      'a\\u001b[2J      1',
      'b           1,234',
    ]);
    expect(printable('tab\tbell\u0007')).toBe(String.raw`tab\tbell\u0007`);
  });
});
