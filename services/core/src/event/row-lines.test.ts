import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseExactJson } from './exact-json.ts';
import { textColumns } from './columns.ts';
import { eventRow } from '@event-platform/testkit/harness/sample-events';
import {
  parseRows,
  readLine,
  rowsAsJson,
  rowSeparator,
  splitLines,
  writeRows,
} from './row-lines.ts';

const name = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.constantFrom('\\', '\\n', '\n', '\t', '\r', '\\N', '\\.', '\\\\t', '"'),
);
const row = fc
  .record({
    ...Object.fromEntries(textColumns.map((column) => [column.name, name])),
    metadata: fc.dictionary(name, fc.jsonValue()),
  })
  .map((changes) => eventRow(changes));

describe('rows as lines', () => {
  test('are read back as they were written, whatever they hold', () => {
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const lines = writeRows(rows);
        const json = parseExactJson(JSON.stringify(rows));
        expect(parseRows(lines)).toEqual(json);
        expect(parseExactJson(`[${rowsAsJson(splitLines(lines).map(readLine))}]`)).toEqual(json);
      }),
    );
  });

  test('take one line each, so that texts of rows can be joined', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), (rows) => {
        expect(writeRows(rows).split(rowSeparator)).toHaveLength(rows.length);
        const joined = rows.map((one) => writeRows([one])).join(rowSeparator);
        expect(joined).toBe(writeRows(rows));
      }),
    );
  });

  test.each([
    'x',
    'a\tb',
    '\te\tu\tt\ts\tr\t{}',
    'a\t\tu\tt\ts\tr\t{}',
    'a\te\tu\tt\ts\tr\t{}\tx',
    '\n',
  ])('that no event can be found in are refused: %j', (lines) => {
    expect(() => parseRows(lines)).toThrow('A row of the job');
    expect(() => readLine(lines)).toThrow('A row of the job');
  });

  test.each(['{', '', 'null', '7'])('whose metadata are no object are refused: %j', (metadata) => {
    expect(() => parseRows(`a\te\tu\tt\ts\tr\t${metadata}`)).toThrow();
  });
});
