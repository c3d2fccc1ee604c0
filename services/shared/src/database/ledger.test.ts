import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { EventRow } from '../contracts/event.ts';
import { eventRow, eventRows, rowsJson, rowsText } from '../testing/sample-events.ts';
import { useTestStore } from '../testing/use-test-store.ts';
import { replayDeadLetter } from './dead-letter-replay.ts';
import { buryEvent } from './dead-letters.ts';
import { storeBatch } from './event-store.ts';
import { audit, closeBalanced, foldLog, foldWitnesses, forgetLedger } from './ledger-audit.ts';
import type { HeldCount } from './ledger-held.ts';
import { settleLots, type SettledLot } from './ledger-lots.ts';
import { readLedger, type LedgerLine } from './ledger-report.ts';
import { writeWitness } from './ledger-witnesses.ts';
import { storeEvents } from './store-events.ts';

const home = useTestStore({
  empty:
    'events, event_counts, dead_letters, ledger, ledger_log, ledger_lots, ledger_witnesses, ledger_folded',
});

/** Of the sample rows. */
const minute = Date.parse('2026-11-01T12:00:00Z') / 60_000;
const later = new Date('2026-11-01T13:00:00Z');
const never = new Date(0);

function lotOf(rows: readonly EventRow[], changes: Partial<SettledLot> = {}): SettledLot {
  const byAccount = Map.groupBy(rows, (row) => row.a);
  const accounts = [...byAccount].map(([account, own]) => [account, own.length] as const);
  return { id: randomUUID(), minute, accounts, isDirect: false, ...changes };
}

/** Writes down that one process handed the lots to the queue, as both witnesses do. */
async function accept(lots: readonly SettledLot[]): Promise<void> {
  const sums = new Map<string, number>();
  for (const [account, events] of lots.flatMap(({ accounts }) => accounts)) {
    sums.set(account, (sums.get(account) ?? 0) + events);
  }
  const counts = [...sums].map(([accountId, events]) => ({
    accountId,
    minute,
    process: 'api-1',
    events,
  }));
  await writeWitness(home.pool, 'counted', counts);
  await writeWitness(home.pool, 'queued', counts);
}

const store = (rows: readonly EventRow[], lots: readonly SettledLot[]) =>
  storeBatch(home.shard, rowsText(rows), { attempts: 1, backoffMs: 1 }, lots);

/** The sample minute, after a fold; what is due counts as pending, or as missing. */
async function read(isLost = false): Promise<Partial<LedgerLine>[]> {
  await foldLog(home.pool);
  const lines = await readLedger(home.pool, {
    accountId: undefined,
    from: new Date((minute - 60) * 60_000),
    to: later,
    lostBefore: isLost ? later : never,
    ripeBefore: later,
    held: [],
  });
  return lines
    .toSorted((a, b) => (a.accountId < b.accountId ? -1 : 1))
    .map(({ minute: _, ...line }) => line);
}

const line = (accountId: string, counts: Partial<LedgerLine>) => ({
  accountId,
  accepted: 0,
  stored: 0,
  duplicates: 0,
  dead: 0,
  pending: 0,
  missing: 0,
  excess: 0,
  ...counts,
});

describe('settling', () => {
  test('tells stored from duplicates, account by account, in the statement that stores', async () => {
    const rows = [...eventRows(3), ...eventRows(2, { a: 'other' })];
    const twice = [...rows, ...rows.slice(0, 2)];
    const lot = lotOf(twice);
    await accept([lot]);
    expect(await read()).toEqual([
      line('acme', { accepted: 5, pending: 5 }),
      line('other', { accepted: 2, pending: 2 }),
    ]);
    await store(twice, [lot]);
    expect(await read()).toEqual([
      line('acme', { accepted: 5, stored: 3, duplicates: 2 }),
      line('other', { accepted: 2, stored: 2 }),
    ]);
  });

  test('a lot that is delivered again changes nothing, alone or beside a fresh one', async () => {
    const [rows, fresh] = [eventRows(3), eventRows(2)];
    const lots = [lotOf(rows), lotOf(fresh)] as const;
    await accept(lots);
    await store(rows, [lots[0]]);
    await store(rows, [lots[0]]);
    await store([...rows, ...fresh], lots);
    expect(await read()).toEqual([line('acme', { accepted: 5, stored: 5 })]);
  });

  test('a lot that is twice in one batch, as when a worker takes over its own job, is settled once', async () => {
    const rows = eventRows(3);
    const lot = lotOf(rows);
    await accept([lot]);
    await store([...rows, ...rows], [lot, lot]);
    expect(await read()).toEqual([line('acme', { accepted: 3, stored: 3 })]);
  });

  test('of two deliveries at the same time one counts', async () => {
    const rows = eventRows(200);
    const lots = [lotOf(rows)];
    await accept(lots);
    await Promise.all([1, 2, 3, 4].map(() => storeEvents(home.pool, rowsJson(rows), lots)));
    expect(await read()).toEqual([line('acme', { accepted: 200, stored: 200 })]);
  });

  test('an event that is sent twice is a duplicate the second time, however often it is delivered', async () => {
    const rows = eventRows(4);
    const lots = [lotOf(rows), lotOf(rows)] as const;
    await accept(lots);
    for (const lot of [lots[0], lots[1], lots[1], lots[0]]) await store(rows, [lot]);
    expect(await read()).toEqual([line('acme', { accepted: 8, stored: 4, duplicates: 4 })]);
  });

  test('a direct write is accepted by the statement that settles it, however often it is tried', async () => {
    const rows = eventRows(3);
    const lot = lotOf(rows, { isDirect: true });
    await store(rows, [lot]);
    await store(rows, [lot]);
    expect(await read()).toEqual([line('acme', { accepted: 3, stored: 3 })]);
  });

  test('poison is dead, its neighbours are stored, and a second delivery changes nothing', async () => {
    const rows = [...eventRows(5), eventRow({ t: 't'.repeat(60) }), ...eventRows(2)];
    const lot = lotOf(rows);
    await accept([lot]);
    await store(rows, [lot]);
    await store(rows, [lot]);
    expect(await read()).toEqual([line('acme', { accepted: 8, stored: 7, dead: 1 })]);
  });

  test('a crash in the midst of a bisection leaves the lot pending until it is delivered again', async () => {
    const rows = [...eventRows(3), eventRow({ t: 't'.repeat(60) })];
    const lot = lotOf(rows);
    await accept([lot]);
    await storeEvents(home.pool, rowsJson(rows.slice(0, 2)));
    await foldLog(home.pool);
    await store(rows, [lot]);
    expect(await read()).toEqual([line('acme', { accepted: 4, stored: 3, dead: 1 })]);
  });

  test('a buried job is dead, but for those of its events that are stored', async () => {
    const rows = eventRows(3);
    const lot = lotOf(rows);
    await accept([lot]);
    await storeEvents(home.pool, rowsJson(rows.slice(0, 1)));
    const cause = { reason: 'attempts_exhausted', sqlstate: undefined, message: '', attempts: 5 };
    for (const row of rows) await buryEvent(home.pool, row, cause);
    for (let delivery = 0; delivery < 2; delivery++) await settleLots(home.pool, [lot]);
    expect(await read()).toEqual([line('acme', { accepted: 3, stored: 1, dead: 2 })]);
  });

  test('a replayed letter moves from dead to stored', async () => {
    const rows = eventRows(2);
    const lot = lotOf(rows);
    await accept([lot]);
    const cause = { reason: 'attempts_exhausted', sqlstate: undefined, message: '', attempts: 5 };
    for (const row of rows) await buryEvent(home.pool, row, cause);
    await settleLots(home.pool, [lot]);
    expect(await read()).toEqual([line('acme', { accepted: 2, dead: 2 })]);
    const shards = {
      all: [home.shard],
      directory: home.pool,
      forAccount: () => home.shard,
      close: () => Promise.resolve(),
    };
    await replayDeadLetter(shards, home.shard, { accountId: 'acme', eventId: rows[0]?.e ?? '' });
    expect(await read()).toEqual([line('acme', { accepted: 2, stored: 1, dead: 1 })]);
  });
});

describe('an audit', () => {
  const judge = async (lostBefore: Date, held: HeldCount[] = []) => {
    await foldLog(home.pool);
    return audit(home.pool, lostBefore, later, never, held);
  };
  const count = (process: string, events: number) => ({
    accountId: 'acme',
    minute,
    process,
    events,
  });

  test('calls pending what may be in the queue, and missing what cannot be', async () => {
    const rows = eventRows(5);
    const lots = [lotOf(rows.slice(0, 3)), lotOf(rows.slice(3))];
    await accept(lots);
    await store(rows.slice(0, 3), lots.slice(0, 1));
    expect(await judge(never)).toMatchObject({ missing: 0, excess: 0, pending: 2 });
    expect((await judge(never)).oldestPending).toEqual(new Date(minute * 60_000));
    expect(await judge(later)).toMatchObject({ missing: 2, excess: 0, pending: 0 });
    expect(await read(true)).toEqual([line('acme', { accepted: 5, stored: 3, missing: 2 })]);
  });

  test('of two witnesses the greater holds, process by process', async () => {
    // One api was killed before it wrote down 4 of its 10; Redis lost 4 of the other's 10.
    await writeWitness(home.pool, 'counted', [count('api-1', 6), count('api-2', 10)]);
    await writeWitness(home.pool, 'queued', [count('api-1', 10), count('api-2', 6)]);
    const rows = eventRows(16);
    await store(rows, [lotOf(rows)]);
    expect(await judge(later)).toMatchObject({ missing: 4, excess: 0 });
    expect(await read(true)).toEqual([line('acme', { accepted: 20, stored: 16, missing: 4 })]);
  });

  test('calls excess what was never accepted', async () => {
    const rows = eventRows(3);
    await store(rows, [lotOf(rows)]);
    expect(await judge(later)).toMatchObject({ missing: 0, excess: 3 });
    expect(await read(true)).toEqual([line('acme', { stored: 3, excess: 3 })]);
  });

  test('what a stuck job holds is pending however old it is, and hides no loss beside it', async () => {
    const rows = eventRows(5);
    const lots = [lotOf(rows.slice(0, 3)), lotOf(rows.slice(3))] as const;
    await accept(lots);
    const held = [{ accountId: 'acme', minute, events: 3 }];
    expect(await judge(later, held)).toMatchObject({ missing: 2, excess: 0, pending: 3 });
    await store(rows.slice(0, 3), [lots[0]]);
    expect(await judge(later)).toMatchObject({ missing: 2, excess: 0, pending: 0 });
    await store(rows.slice(3), [lots[1]]);
    expect(await judge(later, held)).toMatchObject({ missing: 0, excess: 0, pending: 0 });
  });

  test('adds up witnesses of minutes that are over and that Redis has let go', async () => {
    const rows = eventRows(3);
    const lot = lotOf(rows);
    await accept([lot]);
    const witnesses = async () => (await home.pool.query('SELECT FROM ledger_witnesses')).rowCount;
    await foldWitnesses(home.pool, later, [minute]);
    await foldWitnesses(home.pool, new Date(minute * 60_000), []);
    expect(await witnesses()).toBe(1);
    await foldWitnesses(home.pool, later, []);
    expect(await witnesses()).toBe(0);
    await store(rows, [lot]);
    expect(await judge(later)).toMatchObject({ missing: 0, excess: 0, pending: 0 });
    expect(await read(true)).toEqual([line('acme', { accepted: 3, stored: 3 })]);
  });

  test.each(['counted', 'queued'] as const)(
    'a witness that says again what was added up adds nothing: %s',
    async (witness) => {
      const rows = eventRows(3);
      const lot = lotOf(rows);
      await accept([lot]);
      await store(rows, [lot]);
      await foldLog(home.pool);
      await foldWitnesses(home.pool, later, []);
      await closeBalanced(home.pool, later);
      for (const events of [3, 2]) {
        await writeWitness(home.pool, witness, [count('api-1', events)]);
        expect(await judge(later)).toMatchObject({ missing: 0, excess: 0, pending: 0 });
        expect(await read(true)).toEqual([line('acme', { accepted: 3, stored: 3 })]);
        await foldWitnesses(home.pool, later, []);
        expect(await read(true)).toEqual([line('acme', { accepted: 3, stored: 3 })]);
      }
    },
  );

  test('a witness that comes late with more adds what is more, once', async () => {
    await writeWitness(home.pool, 'queued', [count('api-1', 6)]);
    await foldWitnesses(home.pool, later, []);
    for (let times = 0; times < 2; times++) {
      await writeWitness(home.pool, 'counted', [count('api-1', 10)]);
      expect(await judge(later)).toMatchObject({ missing: 10 });
      await foldWitnesses(home.pool, later, []);
      expect(await judge(later)).toMatchObject({ missing: 10 });
    }
  });

  test('a closed cell is opened again by whatever comes late, and only closed ones are forgotten', async () => {
    const [first, second] = [eventRows(2), eventRows(2, { a: 'lost' })];
    const lots = [lotOf(first), lotOf(second)] as const;
    await accept(lots);
    await store(first, [lots[0]]);
    await foldLog(home.pool);
    await foldWitnesses(home.pool, later, []);
    await closeBalanced(home.pool, later);
    expect(await judge(later)).toMatchObject({ missing: 2, excess: 0 });
    await store(eventRows(1), [lotOf(eventRows(1))]);
    expect(await judge(later)).toMatchObject({ missing: 2, excess: 1 });
    await forgetLedger(home.pool, { cells: later, lots: later, folded: later });
    expect(await read(true)).toHaveLength(2);
    await home.pool.query(`UPDATE ledger SET accepted = settled WHERE account_id = 'acme'`);
    await closeBalanced(home.pool, later);
    await forgetLedger(home.pool, { cells: later, lots: new Date(), folded: later });
    expect(await read(true)).toEqual([line('lost', { accepted: 2, missing: 2 })]);
    for (const table of ['ledger_lots', 'ledger_folded']) {
      expect((await home.pool.query(`SELECT FROM ${table}`)).rowCount).toBe(0);
    }
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
      await home.pool.query(
        'TRUNCATE events, event_counts, dead_letters, ledger, ledger_log, ledger_lots, ledger_witnesses, ledger_folded',
      );
      const jobs = requests.map(({ account, ids }) => {
        const rows = ids.map((id) =>
          eventRow({ a: account, e: `e${id}`, ...(id === 6 && { t: 't'.repeat(60) }) }),
        );
        return { rows, lot: lotOf(rows) };
      });
      await accept(jobs.map(({ lot }) => lot));
      for (const order of [...orders, jobs.map((_, index) => index)]) {
        const batch = order.flatMap((index) => jobs[index] ?? []);
        await store(
          batch.flatMap(({ rows }) => rows),
          batch.map(({ lot }) => lot),
        );
      }
      const lines = await read(true);
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
