import { expect, test } from '@jest/globals';
import { readYamlLines } from './yaml-lines.ts';

test('settings come with their paths, values and comments, lists and lists of maps included', () => {
  const text = `
# Not a description.
# -- First.
a: 1 # beside
b:
  # -- Second, on
  # two lines.
  c: 'x: y'

  # -- Lost: something stands between.

  d: [p, q]
list:
  - one
  - name: n
    deep:
      - '{k}'
flat:
- plain
after: ''
`;
  expect(readYamlLines(text).map(({ path, value, comment }) => [path, value, comment])).toEqual([
    ['a', '1', 'First.'],
    ['b', '', ''],
    ['b.c', "'x: y'", 'Second, on two lines.'],
    ['b.d', '[p, q]', ''],
    ['list', '', ''],
    ['list[0]', 'one', ''],
    ['list[1].name', 'n', ''],
    ['list[1].deep', '', ''],
    ['list[1].deep[0]', "'{k}'", ''],
    ['flat', '', ''],
    ['flat[0]', 'plain', ''],
    ['after', "''", ''],
  ]);
});
