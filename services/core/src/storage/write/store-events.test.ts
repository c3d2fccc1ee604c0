import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  eventRow,
  eventRows,
  rollUps,
  rowsJson,
  storedEvents,
} from '@event-platform/testkit/harness/sample-events';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { storeEvents } from './store-events.ts';

const home = useTestStore({ max: 8, empty: 'events, event_counts' });

const sum = (counts: { events: number }[]) =>
  counts.reduce((total, { events }) => total + events, 0);

describe('a batch', () => {
  test('is stored as it is, with its roll-up', async () => {
    const row = eventRow({
      timestamp: '2026-11-01T12:59:59.999999+01:00',
      metadata: { a: [1, 'ü'] },
    });
    expect(await storeEvents(home.pool, rowsJson([row]))).toEqual([
      { accountId: row.account_id, type: row.type, events: 1 },
    ]);
    expect(await storedEvents(home.pool)).toEqual([
      {
        account_id: row.account_id,
        event_id: row.event_id,
        user_id: row.user_id,
        type: row.type,
        timestamp: new Date('2026-11-01T11:59:59.999Z'),
        received_at: new Date(row.received_at),
        metadata: row.metadata,
      },
    ]);
    expect((await rollUps(home.pool)).kept).toEqual([
      {
        account_id: row.account_id,
        minute: new Date('2026-11-01T11:59:00Z'),
        type: row.type,
        count: 1,
      },
    ]);
  });

  test('may be replayed: rows and roll-ups stay as they are, and nothing counts as stored', async () => {
    const rows = eventRows(500);
    expect(sum(await storeEvents(home.pool, rowsJson(rows)))).toBe(500);
    const before = [await storedEvents(home.pool), await rollUps(home.pool)];
    expect(await storeEvents(home.pool, rowsJson(rows))).toEqual([]);
    expect(await storeEvents(home.pool, rowsJson(rows.toReversed()))).toEqual([]);
    expect([await storedEvents(home.pool), await rollUps(home.pool)]).toEqual(before);
  });

  test('stores an event once that it holds twice', async () => {
    const row = eventRow();
    const stored = await storeEvents(
      home.pool,
      rowsJson([row, row, { ...row, user_id: 'other', type: 'other' }]),
    );
    expect(sum(stored)).toBe(1);
    expect(await storedEvents(home.pool)).toHaveLength(1);
  });

  test('keeps equal ids of different accounts apart', async () => {
    const rows = ['a', 'b', 'A', 'ä'].map((a) => eventRow({ account_id: a, event_id: 'same' }));
    expect(sum(await storeEvents(home.pool, rowsJson(rows)))).toBe(4);
  });

  test('is stored whole or not at all', async () => {
    const rows = [...eventRows(10), eventRow({ type: 'x'.repeat(51) })];
    await expect(storeEvents(home.pool, rowsJson(rows))).rejects.toMatchObject({ code: '22001' });
    expect(await storedEvents(home.pool)).toEqual([]);
    expect((await rollUps(home.pool)).kept).toEqual([]);
  });

  test('may be empty', async () => {
    expect(await storeEvents(home.pool, '')).toEqual([]);
  });
});

test('roll-ups equal the counts of the rows after any batches with any replays', async () => {
  const row = fc.record({
    account_id: fc.constantFrom('a', 'b', 'ä'),
    event_id: fc.nat({ max: 30 }).map((number) => `e${number}`),
    type: fc.constantFrom('click', 'Click', 'view'),
    timestamp: fc
      .integer({ min: 0, max: 600 })
      .map((s) => new Date(1.8e12 + s * 1000).toISOString()),
  });
  const batches = fc.array(fc.array(row, { minLength: 1, maxLength: 20 }), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(batches, async (all) => {
      await home.pool.query('TRUNCATE events, event_counts');
      const texts = all.map((batch) => rowsJson(batch.map((changes) => eventRow(changes))));
      const stored = await Promise.all(texts.map((text) => storeEvents(home.pool, text)));
      const keys = new Set(all.flat().map((one) => `${one.account_id} ${one.event_id}`));
      expect(sum(stored.flat())).toBe(keys.size);
      const { kept, counted } = await rollUps(home.pool);
      expect(kept).toEqual(counted);
    }),
    { numRuns: 40 },
  );
});

test('writers with overlapping batches in opposite orders never deadlock and store each event once', async () => {
  const accounts = ['a', 'b', 'c', 'd'];
  for (let round = 0; round < 10; round++) {
    const rows = eventRows(400).map((row, index) => ({
      ...row,
      account_id: accounts[index % 4] ?? 'a',
    }));
    const parts = [rows, rows.toReversed(), rows.slice(100, 300), rows.slice(200).toReversed()];
    // Straight to storeEvents, which has no retry: a deadlock would reject here.
    const writes = [...parts, ...parts].map((part) => storeEvents(home.pool, rowsJson(part)));
    const stored = await Promise.all(writes);
    expect(sum(stored.flat())).toBe(400);
  }
  expect(await storedEvents(home.pool)).toHaveLength(4_000);
  const { kept, counted } = await rollUps(home.pool);
  expect(kept).toEqual(counted);
});

test('writers of different events never deadlock over the counters that they share', async () => {
  const minutes = Array.from({ length: 200 }, (_, index) => new Date(1.8e12 + index * 60_000));
  for (let round = 0; round < 5; round++) {
    const writes = Array.from({ length: 8 }, (_, writer) => {
      const order = writer % 2 ? minutes : minutes.toReversed();
      const own = order.filter((_minute, index) => (index * (writer + 3)) % 7 !== 0);
      const rows = own.flatMap((minute) => eventRows(2, { timestamp: minute.toISOString() }));
      return storeEvents(home.pool, rowsJson(rows));
    });
    await Promise.all(writes);
  }
  const { kept, counted } = await rollUps(home.pool);
  expect(kept).toEqual(counted);
});
