import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { eventRow, eventRows, rowsJson } from '@event-platform/testkit/harness/sample-events';
import {
  ledgerTables,
  line,
  ledgerEntryOf,
  SampleLedger,
} from '@event-platform/testkit/harness/sample-ledger';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { replayDeadLetter } from '../replay/dead-letter-replay.ts';
import { deadLetterEvent } from '../dead-letters/dead-letters.ts';
import { applyLog } from './ledger-audit.ts';
import { settleLedgerEntries } from './ledger-entries.ts';
import { storeEvents } from '../write/store-events.ts';

const home = useTestStore({ empty: ledgerTables });
const ledger = new SampleLedger(home);

describe('settling', () => {
  test('separates stored events from duplicates, account by account, in the statement that stores', async () => {
    const rows = [...eventRows(3), ...eventRows(2, { account_id: 'other' })];
    const twice = [...rows, ...rows.slice(0, 2)];
    const ledgerEntry = ledgerEntryOf(twice);
    await ledger.accept([ledgerEntry]);
    expect(await ledger.read()).toEqual([
      line('acme', { accepted: 5, pending: 5 }),
      line('other', { accepted: 2, pending: 2 }),
    ]);
    await ledger.store(twice, [ledgerEntry]);
    expect(await ledger.read()).toEqual([
      line('acme', { accepted: 5, stored: 3, duplicates: 2 }),
      line('other', { accepted: 2, stored: 2 }),
    ]);
  });

  test('a batch that is delivered again changes nothing, alone or beside a new one', async () => {
    const [rows, fresh] = [eventRows(3), eventRows(2)];
    const ledgerEntries = [ledgerEntryOf(rows), ledgerEntryOf(fresh)] as const;
    await ledger.accept(ledgerEntries);
    await ledger.store(rows, [ledgerEntries[0]]);
    await ledger.store(rows, [ledgerEntries[0]]);
    await ledger.store([...rows, ...fresh], ledgerEntries);
    expect(await ledger.read()).toEqual([line('acme', { accepted: 5, stored: 5 })]);
  });

  test('a batch id that is twice in one batch, as when a worker takes over its own job, is settled once', async () => {
    const rows = eventRows(3);
    const ledgerEntry = ledgerEntryOf(rows);
    await ledger.accept([ledgerEntry]);
    await ledger.store([...rows, ...rows], [ledgerEntry, ledgerEntry]);
    expect(await ledger.read()).toEqual([line('acme', { accepted: 3, stored: 3 })]);
  });

  test('of two deliveries at the same time one counts', async () => {
    const rows = eventRows(200);
    const ledgerEntries = [ledgerEntryOf(rows)];
    await ledger.accept(ledgerEntries);
    await Promise.all(
      [1, 2, 3, 4].map(() => storeEvents(home.pool, rowsJson(rows), ledgerEntries)),
    );
    expect(await ledger.read()).toEqual([line('acme', { accepted: 200, stored: 200 })]);
  });

  test('an event that is sent twice is a duplicate the second time, however often it is delivered', async () => {
    const rows = eventRows(4);
    const ledgerEntries = [ledgerEntryOf(rows), ledgerEntryOf(rows)] as const;
    await ledger.accept(ledgerEntries);
    for (const ledgerEntry of [
      ledgerEntries[0],
      ledgerEntries[1],
      ledgerEntries[1],
      ledgerEntries[0],
    ])
      await ledger.store(rows, [ledgerEntry]);
    expect(await ledger.read()).toEqual([line('acme', { accepted: 8, stored: 4, duplicates: 4 })]);
  });

  test('a direct write is accepted by the statement that settles it, however often it is tried', async () => {
    const rows = eventRows(3);
    const ledgerEntry = ledgerEntryOf(rows, { isDirect: true });
    await ledger.store(rows, [ledgerEntry]);
    await ledger.store(rows, [ledgerEntry]);
    expect(await ledger.read()).toEqual([line('acme', { accepted: 3, stored: 3 })]);
  });

  test('poison is dead, its neighbours are stored, and a second delivery changes nothing', async () => {
    const rows = [...eventRows(5), eventRow({ type: 't'.repeat(60) }), ...eventRows(2)];
    const ledgerEntry = ledgerEntryOf(rows);
    await ledger.accept([ledgerEntry]);
    await ledger.store(rows, [ledgerEntry]);
    await ledger.store(rows, [ledgerEntry]);
    expect(await ledger.read()).toEqual([line('acme', { accepted: 8, stored: 7, dead: 1 })]);
  });

  test('a crash during poison isolation leaves the batch pending until it is delivered again', async () => {
    const rows = [...eventRows(3), eventRow({ type: 't'.repeat(60) })];
    const ledgerEntry = ledgerEntryOf(rows);
    await ledger.accept([ledgerEntry]);
    await storeEvents(home.pool, rowsJson(rows.slice(0, 2)));
    await applyLog(home.pool);
    await ledger.store(rows, [ledgerEntry]);
    expect(await ledger.read()).toEqual([line('acme', { accepted: 4, stored: 3, dead: 1 })]);
  });

  test('the events of a dead-lettered job are dead, except those that are stored', async () => {
    const rows = eventRows(3);
    const ledgerEntry = ledgerEntryOf(rows);
    await ledger.accept([ledgerEntry]);
    await storeEvents(home.pool, rowsJson(rows.slice(0, 1)));
    const cause = { reason: 'attempts_exhausted', sqlstate: undefined, message: '', attempts: 5 };
    for (const row of rows) await deadLetterEvent(home.pool, row, cause);
    for (let delivery = 0; delivery < 2; delivery++)
      await settleLedgerEntries(home.pool, [ledgerEntry]);
    expect(await ledger.read()).toEqual([line('acme', { accepted: 3, stored: 1, dead: 2 })]);
  });

  test('a replayed dead letter moves from dead to stored', async () => {
    const rows = eventRows(2);
    const ledgerEntry = ledgerEntryOf(rows);
    await ledger.accept([ledgerEntry]);
    const cause = { reason: 'attempts_exhausted', sqlstate: undefined, message: '', attempts: 5 };
    for (const row of rows) await deadLetterEvent(home.pool, row, cause);
    await settleLedgerEntries(home.pool, [ledgerEntry]);
    expect(await ledger.read()).toEqual([line('acme', { accepted: 2, dead: 2 })]);
    const shards = {
      all: [home.shard],
      directory: home.pool,
      forAccount: () => home.shard,
      close: () => Promise.resolve(),
    };
    await replayDeadLetter(shards, home.shard, {
      accountId: 'acme',
      eventId: rows[0]?.event_id ?? '',
    });
    expect(await ledger.read()).toEqual([line('acme', { accepted: 2, stored: 1, dead: 1 })]);
  });
});

test('whatever is sent, however often and in whatever batches it is delivered, the ledger balances', async () => {
  const sent = fc.array(
    fc.record({
      account: fc.constantFrom('a', 'b'),
      ids: fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 6 },
  );
  const deliveries = fc.array(fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 4 }), {
    maxLength: 5,
  });
  await fc.assert(
    fc.asyncProperty(sent, deliveries, async (requests, orders) => {
      await home.pool.query(`TRUNCATE ${ledgerTables}`);
      const jobs = requests.map(({ account, ids }) => {
        const rows = ids.map((id) =>
          eventRow({
            account_id: account,
            event_id: `e${id}`,
            ...(id === 6 && { type: 't'.repeat(60) }),
          }),
        );
        return { rows, ledgerEntry: ledgerEntryOf(rows) };
      });
      await ledger.accept(jobs.map(({ ledgerEntry }) => ledgerEntry));
      for (const order of [...orders, jobs.map((_, index) => index)]) {
        const batch = order.flatMap((index) => jobs[index] ?? []);
        await ledger.store(
          batch.flatMap(({ rows }) => rows),
          batch.map(({ ledgerEntry }) => ledgerEntry),
        );
      }
      const lines = await ledger.read(true);
      const stored = await home.pool.query<{ n: number }>('SELECT count(*) AS n FROM events');
      expect(lines.reduce((sum, one) => sum + (one.stored ?? 0), 0)).toBe(stored.rows[0]?.n);
      for (const one of lines) {
        expect(one).toMatchObject({ pending: 0, missing: 0, excess: 0 });
        expect((one.stored ?? 0) + (one.duplicates ?? 0) + (one.dead ?? 0)).toBe(one.accepted);
      }
    }),
    { numRuns: 25 },
  );
});
