import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readLine, rowLine } from '@event-platform/core/event/row-lines';
import { sliceRows } from '@event-platform/core/event/row-slices';
import { hashEventId } from '@event-platform/core/queue/event-id-hash';
import { BatchBuilder } from './batch.ts';
import { joinBatches, maxJobCharacters, type QueueEntry } from './join-batches.ts';

const minute = 29_000_000;

/** A line as `validateEvent` writes it, of about so many characters. */
const lineOf = (e: string, characters = 100, t = 'click', s = '2026-11-01T12:00:00.000Z') =>
  rowLine({
    ...{
      account_id: 'acme',
      event_id: e,
      user_id: 'user',
      type: t,
      timestamp: s,
      received_at: '2026-11-01T12:00:01.000Z',
    },
    metadata: JSON.stringify({ filler: 'x'.repeat(characters) }),
  });

/** The batch of these lines, counted as the pipeline counts it. */
function batchOf(lines: string[]) {
  const builder = new BatchBuilder('acme', minute);
  for (const line of lines) {
    const { event_id, timestamp, type } = readLine(line);
    const at = Math.floor(Date.parse(timestamp) / 60_000);
    builder.add(line, hashEventId(event_id), { minute: at, type });
  }
  return builder.finish();
}

const large = (lines: string[], waiter?: number): QueueEntry => ({
  batch: batchOf(lines),
  priority: 1,
  waiter,
});

const entry = (accountId: string, priority: number, events = 1, waiter?: number): QueueEntry => ({
  batch: {
    accountId,
    events,
    rows: Array(events).fill(accountId).join('\n'),
    minuteCounts: new Map([['', { minute, type: 'click', events }]]),
    ids: 'abcdefgh'.repeat(events),
    minute,
  },
  priority,
  waiter,
});

describe('joining batches into jobs', () => {
  test('batches of one priority share a job, others have one of their own', () => {
    const jobs = joinBatches([entry('a', 1), entry('b', 7), entry('c', 1)]);
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
    const batches = fc.array(
      fc.record({
        accountId: fc.constantFrom('a', 'b', 'c', 'd'),
        priority: fc.integer({ min: 1, max: 4 }),
        events: fc.integer({ min: 1, max: 700 }),
      }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(batches, (list) => {
        const given = list.map(({ accountId, priority, events }) =>
          entry(accountId, priority, events),
        );
        const jobs = joinBatches(given);
        const texts = (priority: number, rows: string) =>
          rows.split('\n').map((row) => `${priority}:${row}`);
        const into = jobs.flatMap(({ priority, job }) => texts(priority, job.rows));
        const from = given.flatMap(({ priority, batch }) => texts(priority, batch.rows));
        expect(into.toSorted()).toEqual(from.toSorted());
        for (const { job, events } of jobs) {
          expect(job.accounts.reduce((sum, [, count]) => sum + count, 0)).toBe(events);
          expect(job.minuteCounts).toEqual(
            job.accounts.map(([, count], account) => [account, 29_000_000, 'click', count]),
          );
          expect(job.ids).toHaveLength(events * 8);
          expect(events <= 1_000 || job.accounts.length === 1).toBe(true);
        }
      }),
    );
  });
});

describe('a batch that is too large for one job', () => {
  const event = fc.record({
    id: fc.integer({ min: 0, max: 60 }),
    characters: fc.integer({ min: 0, max: 70_000 }),
    type: fc.constantFrom('click', 'tab\there', 'back\\slash'),
    minute: fc.integer({ min: 0, max: 3 }),
  });
  const events = fc.array(event, { minLength: 1, maxLength: 60 });

  test('is cut into jobs of bounded size, in which every event is counted as it was, once', () => {
    fc.assert(
      fc.property(events, (list) => {
        const whole = list.map(({ id, characters, type, minute: at }) =>
          lineOf(`e-${id}`, characters, type, `2026-11-01T12:0${at}:00.000Z`),
        );
        const jobs = joinBatches([large(whole)]).map(({ job }) => job);
        for (const job of jobs) {
          expect(job.rows.length).toBeLessThan(maxJobCharacters + list.length * 200);
          const again = batchOf(job.rows.split('\n'));
          expect(job.ids).toBe(again.ids);
          expect(job.accounts).toEqual([['acme', again.events]]);
          const minuteCounts = [...again.minuteCounts.values()];
          expect(job.minuteCounts).toEqual(
            minuteCounts.map((minuteCount) => [
              0,
              minuteCount.minute,
              minuteCount.type,
              minuteCount.events,
            ]),
          );
        }
        const total = jobs.reduce((sum, { accounts }) => sum + (accounts[0]?.[1] ?? 0), 0);
        expect(total).toBe(list.length);
        expect(new Set(jobs.map(({ ledgerEntry }) => ledgerEntry?.id)).size).toBe(jobs.length);
      }),
      { numRuns: 30 },
    );
  });

  test('leaves to each id its first event, in whatever order the jobs are stored', () => {
    fc.assert(
      fc.property(events, (list) => {
        const lines = list.map(({ id, characters }) => lineOf(`e-${id}`, characters));
        const first = new Map(lines.toReversed().map((line) => [readLine(line).event_id, line]));
        const jobs = joinBatches([large(lines)]).map(({ job }) => job);
        const stored = jobs.flatMap((job) =>
          [...sliceRows([{ rows: job.rows }], 1_000_000)].flat(),
        );
        expect(stored).toHaveLength(first.size);
        expect(new Map(stored.map((row) => [row.event_id, rowLine(row)]))).toEqual(first);
      }),
      { numRuns: 30 },
    );
  });

  test('names each request that waits in every job that it waits for', () => {
    const lines = Array.from({ length: 30 }, (_, e) => lineOf(`${e}`, 60_000));
    const jobs = joinBatches([large(lines, 7), entry('b', 1, 1, 8)]);
    expect(jobs.map(({ waiters }) => waiters)).toEqual([[7], [7], [7], [7, 8]]);
  });
});
