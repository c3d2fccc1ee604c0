import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { joinGroups, type QueuedGroup } from './job-desk.ts';

const group = (accountId: string, priority: number, events = 1): QueuedGroup => ({
  accountId,
  events,
  rows: Array(events).fill(`{"a":"${accountId}"}`).join(','),
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
        const text = (priority: number, rows: string) => `${priority}:${rows}`;
        const into = jobs.flatMap(({ priority, job }) =>
          job.rows.split(/(?<=\}),/).map((row) => text(priority, row)),
        );
        const from = given.flatMap(({ priority, rows }) =>
          rows.split(/(?<=\}),/).map((row) => text(priority, row)),
        );
        expect(into.toSorted()).toEqual(from.toSorted());
        for (const { job, events } of jobs) {
          expect(job.accounts.reduce((sum, [, count]) => sum + count, 0)).toBe(events);
          expect(job.ids).toHaveLength(events * 8);
          expect(events <= 1_000 || job.accounts.length === 1).toBe(true);
        }
      }),
    );
  });
});
