import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { EventRow } from '../../event/columns.ts';
import {
  eventRow,
  eventRows,
  rollUps,
  rowsText,
  storedEvents,
} from '@event-platform/testkit/harness/sample-events';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import type { Batch } from './batch.ts';
import { createCopyFirst } from './copy-first.ts';
import type { StoreOutcome } from './event-store.ts';

const home = useTestStore({
  max: 8,
  empty: 'events, event_counts, dead_letters, ledger, ledger_log, ledger_entries',
});

const minuteOf = (timestamp: string) => Math.floor(Date.parse(timestamp) / 60_000);

/** Rows as a job brings them, all of one minute of receipt. */
function partOf(rows: EventRow[], changes: Partial<Batch> = {}): Batch {
  const accounts = [...Map.groupBy(rows, (row) => row.account_id)].map(
    ([account, own]) => [account, own.length] as const,
  );
  return {
    events: rows.length,
    rows: rowsText(rows),
    minuteCounts: rows.map(({ account_id: a, timestamp: s, type: t }) => ({
      accountId: a,
      minute: minuteOf(s),
      type: t,
      events: 1,
    })),
    ledgerEntries: [
      { id: randomUUID(), minute: minuteOf(rows[0]?.received_at ?? ''), accounts, isDirect: false },
    ],
    ...changes,
  };
}

const newly = ({ stored }: StoreOutcome) => stored.reduce((sum, { events }) => sum + events, 0);

/** Settled and stored events as the ledger's log has them; null stands for all of the settled. */
async function logged(): Promise<{ settled: number; stored: number | null }[]> {
  const { rows } = await home.pool.query<{ settled: number; stored: number | null }>(
    `SELECT (SELECT coalesce(sum((c->>1)::int), 0)::int
             FROM jsonb_array_elements(settled) AS entry, jsonb_array_elements(entry->2) AS c) AS settled,
            (SELECT sum((s->>2)::int)::int FROM jsonb_array_elements(stored) AS s) AS stored
     FROM ledger_log`,
  );
  return rows;
}

async function expectStoredOnce(rows: EventRow[]): Promise<void> {
  const ids = (await storedEvents(home.pool)).map((event) => event['event_id']);
  expect(ids.toSorted()).toEqual(rows.map((row) => row.event_id).toSorted());
  const { kept, counted } = await rollUps(home.pool);
  expect(kept).toEqual(counted);
}

describe('a batch of new events', () => {
  test('is stored with its roll-ups and logged for the ledger, once each', async () => {
    const rows = [
      ...eventRows(80),
      ...eventRows(40, { account_id: 'other', timestamp: '2026-11-01T12:01:00Z' }),
    ];
    const outcome = await createCopyFirst(home.shard)([
      partOf(rows.slice(0, 50)),
      partOf(rows.slice(50)),
    ]);
    expect(outcome).toMatchObject({ dead: [], statements: 1 });
    expect(newly(outcome)).toBe(120);
    await expectStoredOnce(rows);
    expect(await logged()).toEqual([{ settled: 120, stored: null }]);
  });

  test('adds to the roll-ups that are there', async () => {
    const store = createCopyFirst(home.shard);
    const rows = eventRows(300);
    for (const from of [0, 100, 200]) await store([partOf(rows.slice(from, from + 100))]);
    await expectStoredOnce(rows);
  });

  test('is counted by PostgreSQL itself when it was not counted, or counted wrongly', async () => {
    const [uncounted, wrong, unknown] = [eventRows(60), eventRows(60), eventRows(60)];
    const store = createCopyFirst(home.shard);
    await store([partOf(uncounted, { minuteCounts: undefined })]);
    await store([partOf(wrong, { minuteCounts: partOf(wrong.slice(1)).minuteCounts })]);
    await store([partOf(unknown, { ledgerEntries: [] })]);
    await expectStoredOnce([...uncounted, ...wrong, ...unknown]);
  });
});

describe('a batch with events that are stored already', () => {
  test('changes nothing when replayed whole, and settles its batch ids once', async () => {
    const store = createCopyFirst(home.shard);
    const rows = eventRows(100);
    const part = partOf(rows);
    await store([part]);
    const before = [await storedEvents(home.pool), await rollUps(home.pool), await logged()];
    expect(newly(await store([part]))).toBe(0);
    expect(newly(await createCopyFirst(home.shard)([part]))).toBe(0);
    const after = [await storedEvents(home.pool), await rollUps(home.pool), await logged()];
    expect(after).toEqual(before);
  });

  test('stores the others, however old and new are mixed', async () => {
    const sizes = fc.array(fc.tuple(fc.nat({ max: 80 }), fc.nat({ max: 80 })), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(sizes, async (batches) => {
        await home.pool.query('TRUNCATE events, event_counts');
        const store = createCopyFirst(home.shard);
        const all: EventRow[] = [];
        for (const [fresh, old] of batches) {
          const rows = [...eventRows(fresh), ...all.slice(0, old)];
          if (rows.length > 0) expect(newly(await store([partOf(rows)]))).toBe(fresh);
          all.push(...rows.slice(0, fresh));
        }
        await expectStoredOnce(all);
      }),
      { numRuns: 12 },
    );
  });

  test('is stored once when the same job is with two workers at once', async () => {
    const rows = eventRows(400);
    const half = rows.slice(200);
    const parts = [rows, rows.toReversed(), half, rows];
    await Promise.all(parts.map((part) => createCopyFirst(home.shard)([partOf(part)])));
    await expectStoredOnce(rows);
  });
});

test('one poisonous event dies alone, and its neighbours are stored', async () => {
  const rows = eventRows(100);
  const poison = eventRow({ type: 't'.repeat(60) });
  const outcome = await createCopyFirst(home.shard)([
    partOf([...rows.slice(0, 50), poison, ...rows.slice(50)]),
  ]);
  expect(outcome.dead).toMatchObject([{ eventId: poison.event_id, sqlstate: '22001' }]);
  await expectStoredOnce(rows);
  const settled = (await logged()).map((entry) => entry.settled);
  expect(settled.filter((events) => events > 0)).toEqual([101]);
});
