import { beforeAll, describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { registerFamilies } from '@event-platform/cli/families';
import { families } from '../../dev/register-commands.ts';
import { findEpCommandLines, markedForClone, problemOf } from './ep-command-lines.ts';
import { readDocuments } from './read-documents.ts';

const program = new Command();
beforeAll(() => registerFamilies(program, families, undefined));

const documents = readDocuments().filter(({ path }) =>
  /^(README\.md|docs\/[^/]+\.md|docs\/runbooks\/[^/]+\.md)$/.test(path),
);
const placeOf = (name = '') => families.find(({ commands }) => commands.includes(name))?.place;

describe('the commands of ep in the documents', () => {
  test('are there, with the options that are named', () => {
    const lines = documents.flatMap(({ path, text }) =>
      findEpCommandLines(text).map((line) => ({ path, line })),
    );
    expect(lines.length).toBeGreaterThan(100);
    const problems = lines.flatMap(({ path, line }) => {
      const problem = problemOf(line, program);
      return problem === undefined ? [] : [`${path}: ${problem}`];
    });
    expect(problems).toEqual([]);
  });

  test('run in the image, or the document says that they need a clone', () => {
    const missing = documents.flatMap(({ path, text }) => {
      const marked = markedForClone(text);
      return findEpCommandLines(text)
        .filter(({ words: [name = ''] }) => placeOf(name) !== 'image' && !marked.includes(name))
        .map((line) => `${path}: \`${line.text}\``);
    });
    expect(missing).toEqual([]);
  });

  test('of runbooks all run in the image', () => {
    const runbooks = documents.filter(({ path }) => path.startsWith('docs/runbooks/'));
    const elsewhere = runbooks.flatMap(({ path, text }) =>
      findEpCommandLines(text)
        .filter(({ words }) => placeOf(words[0]) !== 'image')
        .map((line) => `${path}: ${line.text}`),
    );
    expect(elsewhere).toEqual([]);
  });
});

describe('findEpCommandLines', () => {
  test('finds spans, lines of blocks, and commands behind kubectl', () => {
    const text = [
      'Run `ep dead list --account UA`, not `ep.js`.',
      '',
      '```sh',
      'kubectl -n "$NS" exec deploy/x -- ep dead show "$A" "$E" --event > event.json',
      '```',
      '',
      '    $ ep ledger',
      '',
    ].join('\n');
    expect(findEpCommandLines(text).map(({ words }) => words)).toEqual([
      ['dead', 'list', '--account', 'UA'],
      ['dead', 'show', '$A', '$E', '--event'],
      ['ledger'],
    ]);
  });

  test('a command, a subcommand or an option that does not exist is named', () => {
    const problem = (text: string) => problemOf({ text, words: text.split(' ') }, program);
    expect(problem('dead list --since T')).toBeUndefined();
    expect(problem('nothing')).toContain('no such command');
    expect(problem('dead bury')).toContain('dead has no command bury');
    expect(problem('dead list --nothing')).toContain('list has no option --nothing');
  });

  test('what needs a clone is marked by the paragraph that says so', () => {
    expect(markedForClone('`ep up` and `ep down` need a\nclone.\n\n`ep ledger` does not.')).toEqual(
      ['up', 'down'],
    );
  });
});
