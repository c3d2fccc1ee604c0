import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { joinGroups, type QueuedGroup } from './job-desk.ts';

const group = (accountId: string, priority: number, events = 1): QueuedGroup => ({
  accountId,
  events,
  rows: Array(events).fill(accountId).join('\n'),
  cells: new Map([['', { minute: 29_000_000, type: 'click', events }]]),
  ids: 'abcdefgh'.repeat(events),
  priority,
  minute: 29_000_000,
});

describe('joining groups into jobs', () => {
  test('groups of one priority share a job, others ride alone', () => {
    const jobs = joinGroups([group('a', 1), group('b', 7), group('c', 1)]);
    expect(jobs.map(({ priority, job }) => [priority, job.accounts])).toEqual([
      [
        1,
        [
          ['a', 1],
          ['c', 1],
        ],
      ],
      [7, [['b', 1]]],
    ]);
  });

  test('a job that holds one group without cells has none', () => {
    const [job] = joinGroups([
      group('a', 1),
      { ...group('b', 1), cells: undefined },
      group('c', 1),
    ]);
    expect(job?.job.accounts).toHaveLength(3);
    expect(job?.job).not.toHaveProperty('cells');
  });

  test('nothing is lost or doubled, whatever comes, and each job keeps one priority', () => {
    const groups = fc.array(
      fc.record({
        accountId: fc.constantFrom('a', 'b', 'c', 'd'),
        priority: fc.integer({ min: 1, max: 4 }),
        events: fc.integer({ min: 1, max: 700 }),
      }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(groups, (list) => {
        const given = list.map(({ accountId, priority, events }) =>
          group(accountId, priority, events),
        );
        const jobs = joinGroups(given);
        const texts = (priority: number, rows: string) =>
          rows.split('\n').map((row) => `${priority}:${row}`);
        const into = jobs.flatMap(({ priority, job }) => texts(priority, job.rows));
        const from = given.flatMap(({ priority, rows }) => texts(priority, rows));
        expect(into.toSorted()).toEqual(from.toSorted());
        for (const { job, events } of jobs) {
          expect(job.accounts.reduce((sum, [, count]) => sum + count, 0)).toBe(events);
          expect(job.cells).toEqual(
            job.accounts.map(([, count], account) => [account, 29_000_000, 'click', count]),
          );
          expect(job.ids).toHaveLength(events * 8);
          expect(events <= 1_000 || job.accounts.length === 1).toBe(true);
        }
      }),
    );
  });
});
