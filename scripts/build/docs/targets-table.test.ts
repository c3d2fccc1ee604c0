import { expect, test } from '@jest/globals';
import { readTargets } from './targets-table.ts';

test('targets are the rows of the first table with their header, without its last column', () => {
  const document = `# Bench

| ratio |
| ----- |
| W ÷ C |

| target | wanted | measured |    met |  where it goes |
| ------ | -----: | -------: | -----: | -------------: |
| W ÷ C  | ≥ 0.75 |     0.81 |    yes | W: 23.6 µs     |
| S1 ÷ N | ≥ 2.00 |     1.55 | **no** | S1: 305.3 µs   |

| W ÷ C | again |
`;
  expect(readTargets(document)).toEqual([
    ['W ÷ C', '≥ 0.75', '0.81', 'yes'],
    ['S1 ÷ N', '≥ 2.00', '1.55', '**no**'],
  ]);
  expect(readTargets('# Soak\n\n| first | last |\n')).toEqual([]);
});
