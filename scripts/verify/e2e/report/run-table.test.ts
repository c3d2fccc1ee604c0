import { expect, test } from '@jest/globals';
import { runTable } from './run-table.ts';

test('what all suites counted is added up, and held to what is promised', () => {
  const table = runTable(
    [
      { of: 'events', sent: 1_000, lost: 0, doubled: 0 },
      { of: 'events', sent: 500, lost: 2, doubled: 0 },
      { of: 'requests of rolling upgrades', sent: 90, failed: 0 },
      { of: 'posts beside hostile bodies', p99Ms: 433 },
      { of: 'posts beside hostile bodies', p99Ms: 1_001 },
    ],
    41 * 60,
  );
  expect(table.split('\n').slice(2)).toEqual([
    '| events lost, of 1,500 | 2 | 0 | missed |',
    '| events stored or counted twice, of 1,500 | 0 | 0 | met |',
    '| requests failed in rolling upgrades, of 90 | 0 | 0 | met |',
    '| P99 of posts beside hostile and large bodies, the worst | 1001 ms | ≤ 1,000 ms | missed |',
    '| time of the run, bringing a testbed up included | 41.0 min | ≤ 40 min | missed |',
  ]);
});

test('what no suite looked at is not called met', () => {
  expect(runTable([], 60)).toContain('| events lost, of 0 | – | 0 | not measured |');
});
