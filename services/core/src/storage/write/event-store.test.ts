import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { EventRow } from '../../event/columns.ts';
import {
  eventRow,
  eventRows,
  rollUps,
  rowsText,
  storedEvents,
  testShard,
} from '@event-platform/testkit/harness/sample-events';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { storeBatch, StoreUnavailable } from './event-store.ts';

const home = useTestStore({ empty: 'events, event_counts, dead_letters' });
beforeAll(async () => {
  await home.pool.query(`ALTER TABLE events ADD CHECK (type <> 'forbidden')`);
});

/** What PostgreSQL refuses, and with which SQLSTATE. */
const poisons: [string, string, Partial<EventRow>][] = [
  ['NUL in metadata', '22P05', { metadata: { a: 'x\0y' } }],
  ['half a surrogate pair', '22P02', { user_id: '\ud800' }],
  ['a type of 60 characters', '22001', { type: 't'.repeat(60) }],
  ['a day that does not exist', '22008', { timestamp: '2026-02-30T00:00:00Z' }],
  ['an offset beyond the earth', '22009', { timestamp: '2026-02-01T00:00:00+16:00' }],
  ['a broken constraint', '23514', { type: 'forbidden' }],
];

interface DeadLetterRow {
  event_id: string;
  row: string;
  reason: string;
  sqlstate: string;
}
async function deadLetters(): Promise<DeadLetterRow[]> {
  const { rows } = await home.pool.query<DeadLetterRow>(
    'SELECT event_id, row, reason, sqlstate FROM dead_letters ORDER BY account_id, event_id',
  );
  return rows;
}

const statementsFor = (events: number) => 2 * Math.ceil(Math.log2(events)) + 2;

describe('a poisonous event', () => {
  test.each(poisons)(
    'with %s becomes a dead letter, whole, and its neighbours are stored',
    async (_name, sqlstate, changes) => {
      const poison = eventRow(changes);
      const rows = [...eventRows(10), poison, ...eventRows(10)];
      const outcome = await storeBatch(home.shard, rowsText(rows));
      expect(outcome.dead).toEqual([{ accountId: 'acme', eventId: poison.event_id, sqlstate }]);
      expect(await storedEvents(home.pool)).toHaveLength(20);
      const [deadLetter, ...others] = await deadLetters();
      expect(others).toEqual([]);
      expect(deadLetter).toMatchObject({
        event_id: poison.event_id,
        reason: 'data_error',
        sqlstate,
      });
      expect(JSON.parse(deadLetter?.row ?? '')).toEqual(JSON.parse(JSON.stringify(poison)));
    },
  );

  test.each([0, 1, 2_499, 2_500, 4_999])(
    'at place %i of 5,000 costs a logarithmic number of statements',
    async (place) => {
      const rows = eventRows(5_000);
      rows[place] = eventRow({ type: 'forbidden' });
      const outcome = await storeBatch(home.shard, rowsText(rows));
      expect(outcome.dead).toHaveLength(1);
      expect(outcome.statements).toBeLessThanOrEqual(statementsFor(5_000));
      expect(outcome.stored.reduce((sum, { events }) => sum + events, 0)).toBe(4_999);
    },
  );

  test('does not hide others, wherever they are', async () => {
    const places = fc.uniqueArray(fc.nat({ max: 199 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(places, async (poisoned) => {
        await home.pool.query('TRUNCATE events, event_counts, dead_letters');
        const rows = eventRows(200);
        for (const place of poisoned) rows[place] = eventRow({ type: 'forbidden' });
        const outcome = await storeBatch(home.shard, rowsText(rows));
        const ids = poisoned.map((place) => rows[place]?.event_id).sort();
        expect(outcome.dead.map((dead) => dead.eventId).sort()).toEqual(ids);
        expect((await deadLetters()).map((deadLetter) => deadLetter.event_id).sort()).toEqual(ids);
        expect(outcome.statements).toBeLessThanOrEqual(1 + poisoned.length * statementsFor(200));
        expect(await storedEvents(home.pool)).toHaveLength(200 - poisoned.length);
        const { kept, counted } = await rollUps(home.pool);
        expect(kept).toEqual(counted);
      }),
      { numRuns: 15 },
    );
  });

  test('costs two COMMITs with all others: one for the dead letters, one for the rest', async () => {
    const rows = eventRows(2_000).map((row, place) =>
      place % 5 === 0 ? { ...row, type: 'forbidden' } : row,
    );
    const outcome = await storeBatch(home.shard, rowsText(rows));
    expect(outcome.dead).toHaveLength(400);
    const { rows: kept } = await home.pool.query(
      `SELECT count(*), count(DISTINCT xmin::text) AS transactions FROM events UNION ALL
       SELECT count(*), count(DISTINCT xmin::text) FROM dead_letters`,
    );
    expect(kept).toEqual([
      { count: 1_600, transactions: 1 },
      { count: 400, transactions: 1 },
    ]);
    const counts = await rollUps(home.pool);
    expect(counts.kept).toEqual(counts.counted);
  });

  test('dies once, however often its batch is replayed', async () => {
    const rows = rowsText([...eventRows(5), eventRow({ type: 'forbidden' })]);
    await storeBatch(home.shard, rows);
    const again = await storeBatch(home.shard, rows);
    expect(again).toMatchObject({ stored: [], dead: [expect.anything()] });
    expect(await deadLetters()).toHaveLength(1);
    expect(await storedEvents(home.pool)).toHaveLength(5);
  });
});

describe('a batch that meets others', () => {
  test('waits out a lock in place, within its attempts', async () => {
    const impatient = testShard(home.url, { statementTimeoutMs: 200 });
    const holder = await home.pool.connect();
    await holder.query('BEGIN; LOCK TABLE events IN ACCESS EXCLUSIVE MODE');
    const policy = { attempts: 20, backoffMs: 1 };
    const storing = storeBatch(impatient, rowsText(eventRows(3)), policy);
    // The first try has been cancelled by its timeout once a second one waits for the lock.
    await new Promise<void>((resolve) => impatient.pool.once('remove', () => resolve()));
    await holder.query('COMMIT');
    holder.release();
    const outcome = await storing;
    await impatient.pool.end();
    expect(outcome.statements).toBeGreaterThan(1);
    expect(outcome.dead).toEqual([]);
    expect(await storedEvents(home.pool)).toHaveLength(3);
  });

  test('is given back whole when the lock outlasts its attempts, and buries nothing', async () => {
    const impatient = testShard(home.url, { statementTimeoutMs: 100 });
    const holder = await home.pool.connect();
    await holder.query('BEGIN; LOCK TABLE events IN ACCESS EXCLUSIVE MODE');
    const policy = { attempts: 2, backoffMs: 1 };
    const storing = storeBatch(impatient, rowsText(eventRows(3)), policy);
    await expect(storing).rejects.toMatchObject({
      name: 'StoreUnavailable',
      cause: expect.objectContaining({ code: '57014' }),
    });
    await holder.query('COMMIT');
    holder.release();
    await impatient.pool.end();
    expect([await deadLetters(), await storedEvents(home.pool)]).toEqual([[], []]);
  });

  test('is not mistaken for poison when the tables are not there yet', async () => {
    await home.pool.query('ALTER TABLE events RENAME TO events_away');
    try {
      const storing = storeBatch(home.shard, rowsText(eventRows(3)), { attempts: 2, backoffMs: 1 });
      await expect(storing).rejects.toThrow(StoreUnavailable);
    } finally {
      await home.pool.query('ALTER TABLE events_away RENAME TO events');
    }
    expect(await deadLetters()).toEqual([]);
  });
});

test('rows without a key are the fault of their job, not of PostgreSQL: they are given back as such', async () => {
  for (const rows of ['null', 'a\te', '\te\tu\tt\ts\tr\t{}']) {
    const storing = storeBatch(home.shard, `${rowsText(eventRows(1))}\n${rows}`);
    await expect(storing).rejects.toThrow();
    await expect(storing).rejects.not.toThrow(StoreUnavailable);
  }
});
