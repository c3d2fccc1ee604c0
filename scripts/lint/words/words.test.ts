import { describe, expect, test } from '@jest/globals';
import { findRetiredWords } from './find-retired-words.ts';
import type { RetiredWord } from './retired-words.ts';

const retired: RetiredWord[] = [
  { words: ['lot', 'lots'], instead: 'batch id' },
  { words: ['letter', 'letters'], instead: 'dead letter', unless: /dead[ -]?letter/i },
  { words: ['cell'], instead: 'count', unlessIn: /table/ },
];
const found = (text: string, path = 'a.ts') =>
  findRetiredWords(path, text, retired).map(({ line, word }) => `${line} ${word}`);

describe('a retired word', () => {
  test.each(['a lot.', 'jobLot', 'JobLot', 'ledger_lots', 'LOT_ID', 'job-lot', 'lot1', 'lotId'])(
    'is found in %j',
    (text) => {
      expect(found(text)).toHaveLength(1);
    },
  );

  test.each(['slot', 'Slots', 'allot', 'lottery', 'ALLOT', 'pilots'])(
    'is not found in %j, a word that only contains it',
    (text) => {
      expect(found(text)).toEqual([]);
    },
  );

  test('is reported with its line, and line 0 for the name of the file', () => {
    expect(found('one\ntwo lots\n', 'job-lot.ts')).toEqual(['0 lot', '2 lots']);
  });

  test('is allowed in the lines and the files in which it means something else', () => {
    expect(found('a dead letter, deadLetters\na letter')).toEqual(['2 letter']);
    expect(found('a cell', 'lib/table.ts')).toEqual([]);
    expect(found('a cell', 'lib/job.ts')).toEqual(['1 cell']);
  });

  test('of names is found in names and paths, and allowed in prose', () => {
    const names: RetiredWord[] = [{ words: ['lot'], instead: 'batch id', onlyInNames: true }];
    const lines = ['a lot', 'Lot', 'jobLot', 'lotId', 'job_lot', 'LOT_ID', 'slotId', 'pilot_id'];
    const uses = findRetiredWords('lib/lot.ts', lines.join('\n'), names);
    expect(uses.map(({ line }) => line)).toEqual([0, 3, 4, 5, 6]);
  });
});
