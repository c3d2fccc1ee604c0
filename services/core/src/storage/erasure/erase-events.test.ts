import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { EventRow } from '../../event/columns.ts';
import {
  eventRow,
  eventRows,
  rollUps,
  rowsText,
  testShard,
} from '@event-platform/testkit/harness/sample-events';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/testkit/harness/test-database';
import { copyEvents } from '../write/copy-events.ts';
import { storeBatch } from '../write/event-store.ts';
import { inTransaction } from '../session/in-transaction.ts';
import { audit, applyLog, applySources } from '../ledger/ledger-audit.ts';
import type { SettledEntry } from '../ledger/ledger-entries.ts';
import { readLedger } from '../ledger/ledger-report.ts';
import { writeSourceCounts } from '../ledger/ledger-sources.ts';
import type { Shard } from '../placement/shards.ts';
import { eraseEvents } from './erase-events.ts';
import type { Subject } from './subject.ts';

let database: TestDatabase;
let shard: Shard;

beforeAll(async () => {
  database = await createTestDatabase();
  shard = testShard(database.url, { max: 8 });
});
afterEach(() =>
  shard.pool.query(
    'TRUNCATE events, event_counts, dead_letters, ledger, ledger_entries, ledger_log, ledger_sources, ledger_applied',
  ),
);
afterAll(async () => {
  await shard.pool.end();
  await database.drop();
});

const store = (rows: EventRow[]) => storeBatch(shard, rowsText(rows));

async function eraseAll(subject: Subject): Promise<number> {
  let erased = 0;
  for await (const ids of eraseEvents(shard.pool, subject)) erased += ids.length;
  return erased;
}

async function storedIds(): Promise<string[]> {
  const { rows } = await shard.pool.query<{ event_id: string }>(
    'SELECT event_id FROM events ORDER BY event_id',
  );
  return rows.map(({ event_id }) => event_id);
}

async function expectRollUpsToFit(): Promise<void> {
  const { kept, counted } = await rollUps(shard.pool);
  expect(kept).toEqual(counted);
}

describe('an erasure of events', () => {
  test('of a user leaves other users and other accounts as they were, and roll-ups equal to the rows', async () => {
    const minutes = ['2026-11-01T12:00:30Z', '2026-11-01T12:01:30Z', '2013-01-01T00:00:00Z'];
    const rows = minutes.flatMap((s) => [
      ...eventRows(3, { timestamp: s, user_id: 'ada', type: 'click' }),
      ...eventRows(2, { timestamp: s, user_id: 'eve', type: 'click' }),
      eventRow({ timestamp: s, user_id: 'ada', type: 'alone' }),
      ...eventRows(2, { timestamp: s, user_id: 'ada', type: 'click', account_id: 'other' }),
    ]);
    await store(rows);
    expect(await eraseAll({ accountId: 'acme', userId: 'ada' })).toBe(12);
    const left = rows
      .filter((row) => row.account_id !== 'acme' || row.user_id !== 'ada')
      .map((row) => row.event_id);
    expect(await storedIds()).toEqual(left.sort());
    await expectRollUpsToFit();
  });

  test('of an account leaves neither row nor roll-up, and those of others as they were', async () => {
    await store([...eventRows(5), ...eventRows(4, { account_id: 'acme-2' })]);
    expect(await eraseAll({ accountId: 'acme' })).toBe(5);
    const { rows } = await shard.pool.query('SELECT DISTINCT account_id FROM event_counts');
    expect(rows).toEqual([{ account_id: 'acme-2' }]);
    expect(await storedIds()).toHaveLength(4);
    await expectRollUpsToFit();
  });

  test('finds all of more than a batch, also when all are of one moment', async () => {
    const rows = [...eventRows(2_300, { user_id: 'ada' }), ...eventRows(10, { user_id: 'eve' })];
    await store(rows);
    expect(await eraseAll({ accountId: 'acme', userId: 'ada' })).toBe(2_300);
    expect(await storedIds()).toHaveLength(10);
    await expectRollUpsToFit();
  });

  test('that is broken off leaves everything exact, and the next one does the rest', async () => {
    await store(eventRows(2_500));
    for await (const ids of eraseEvents(shard.pool, { accountId: 'acme' })) {
      expect(ids).toHaveLength(1_000);
      break;
    }
    expect(await storedIds()).toHaveLength(1_500);
    await expectRollUpsToFit();
    expect(await eraseAll({ accountId: 'acme' })).toBe(1_500);
    expect(await eraseAll({ accountId: 'acme' })).toBe(0);
    await expectRollUpsToFit();
  });

  test('keeps roll-ups equal to the rows while the same account goes on storing, by either way', async () => {
    await store(eventRows(3_000, { user_id: 'ada' }));
    let isErasing = true;
    let stored = 0;
    const writers = [copyOnce, storeOnce].map(async (write) => {
      while (isErasing) {
        const count = await write(eventRows(60, { user_id: 'eve' }));
        stored += count;
      }
    });
    const erasures = [
      eraseAll({ accountId: 'acme', userId: 'ada' }),
      eraseAll({ accountId: 'acme', userId: 'ada' }),
    ];
    const erased = (await Promise.all(erasures)).reduce((sum, count) => sum + count, 0);
    isErasing = false;
    await Promise.all(writers);
    expect(erased).toBe(3_000);
    expect(stored).toBeGreaterThan(0);
    expect(await storedIds()).toHaveLength(stored);
    await expectRollUpsToFit();
  });

  test('lets the same event in again: it is new then', async () => {
    const rows = eventRows(3);
    await store(rows);
    await eraseAll({ accountId: 'acme' });
    const { stored } = await store(rows);
    expect(stored.reduce((sum, { events }) => sum + events, 0)).toBe(3);
    await expectRollUpsToFit();
  });
});

describe('the ledger after an erasure', () => {
  test.each<[string, (rows: EventRow[]) => Promise<unknown>]>([
    ['rolled up before', rollUp],
    ['still in its log', () => Promise.resolve()],
  ])('is balanced and counts the rows that are there: %s', async (_, before) => {
    const rows = [...eventRows(4, { user_id: 'ada' }), ...eventRows(3, { user_id: 'eve' })];
    const ledgerEntry = ledgerEntryOf(rows);
    await storeBatch(shard, rowsText(rows), undefined, [ledgerEntry]);
    // A duplicate by another batch id stays what it was.
    await storeBatch(shard, rowsText(rows.slice(-1)), undefined, [ledgerEntryOf(rows.slice(-1))]);
    await source(ledgerEntry.minute, 8);
    await before(rows);
    await eraseAll({ accountId: 'acme', userId: 'ada' });
    await rollUp();
    expect(await line()).toMatchObject({
      ...{ accepted: 4, stored: 3, duplicates: 1, dead: 0, pending: 0, missing: 0, excess: 0 },
    });
    expect(await checked()).toMatchObject({ missing: 0, excess: 0, pending: 0 });
  });

  test('shows a loss from before as it was', async () => {
    const rows = eventRows(4);
    const ledgerEntry = ledgerEntryOf(rows);
    await storeBatch(shard, rowsText(rows), undefined, [ledgerEntry]);
    await source(ledgerEntry.minute, 6);
    await rollUp();
    expect(await checked()).toMatchObject({ missing: 2, excess: 0 });
    await eraseAll({ accountId: 'acme' });
    expect(await checked()).toMatchObject({ missing: 2, excess: 0 });
  });
});

const later = new Date('2100-01-01Z');

function ledgerEntryOf(rows: EventRow[]): SettledEntry {
  const minute = Math.floor(Date.parse(rows[0]?.received_at ?? '') / 60_000);
  return { id: randomUUID(), minute, accounts: [['acme', rows.length]], isDirect: false };
}

async function copyOnce(rows: EventRow[]): Promise<number> {
  const minuteCounts = rows.map((row) => ({
    ...{ accountId: row.account_id, type: row.type, events: 1 },
    minute: Math.floor(Date.parse(row.timestamp) / 60_000),
  }));
  await copyEvents(shard.pool, [
    {
      rows: rowsText(rows),
      events: rows.length,
      minuteCounts,
      ledgerEntries: [ledgerEntryOf(rows)],
    },
  ]);
  return rows.length;
}

async function storeOnce(rows: EventRow[]): Promise<number> {
  const { stored } = await store(rows);
  return stored.reduce((sum, { events }) => sum + events, 0);
}

async function source(minute: number, events: number): Promise<void> {
  await writeSourceCounts(shard.pool, 'counted', [
    { accountId: 'acme', minute, process: 'api-1', events },
  ]);
}

async function rollUp(): Promise<void> {
  await inTransaction(shard.pool, async (session) => {
    await applyLog(session);
    await applySources(session, later, []);
  });
}

async function line() {
  const [only] = await readLedger(shard.pool, {
    ...{ accountId: undefined, from: new Date(0), to: later },
    ...{ lostBefore: later, finalBefore: later, held: [] },
  });
  return only;
}

function checked() {
  return inTransaction(shard.pool, (session) => audit(session, later, later, new Date(0), []));
}
