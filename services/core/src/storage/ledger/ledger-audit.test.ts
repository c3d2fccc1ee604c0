import { describe, expect, test } from '@jest/globals';
import { eventRows } from '@event-platform/testkit/harness/sample-events';
import {
  later,
  ledgerTables,
  line,
  ledgerEntryOf,
  minute,
  never,
  SampleLedger,
} from '@event-platform/testkit/harness/sample-ledger';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import {
  audit,
  closeBalanced,
  applyLog,
  applySources,
  deleteExpiredLedger,
} from './ledger-audit.ts';
import type { Count } from '../../event/count.ts';
import { writeSourceCounts } from './ledger-sources.ts';

const home = useTestStore({ empty: ledgerTables });
const ledger = new SampleLedger(home);

describe('an audit', () => {
  const evaluate = async (lostBefore: Date, held: Count[] = []) => {
    await applyLog(home.pool);
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
    const ledgerEntries = [ledgerEntryOf(rows.slice(0, 3)), ledgerEntryOf(rows.slice(3))];
    await ledger.accept(ledgerEntries);
    await ledger.store(rows.slice(0, 3), ledgerEntries.slice(0, 1));
    expect(await evaluate(never)).toMatchObject({ missing: 0, excess: 0, pending: 2 });
    expect((await evaluate(never)).oldestPending).toEqual(new Date(minute * 60_000));
    expect(await evaluate(later)).toMatchObject({ missing: 2, excess: 0, pending: 0 });
    expect(await ledger.read(true)).toEqual([line('acme', { accepted: 5, stored: 3, missing: 2 })]);
  });

  test('of two sources the greater counts, process by process', async () => {
    // One api was killed before it wrote down 4 of its 10; Redis lost 4 of the other's 10.
    await writeSourceCounts(home.pool, 'counted', [count('api-1', 6), count('api-2', 10)]);
    await writeSourceCounts(home.pool, 'queued', [count('api-1', 10), count('api-2', 6)]);
    const rows = eventRows(16);
    await ledger.store(rows, [ledgerEntryOf(rows)]);
    expect(await evaluate(later)).toMatchObject({ missing: 4, excess: 0 });
    expect(await ledger.read(true)).toEqual([
      line('acme', { accepted: 20, stored: 16, missing: 4 }),
    ]);
  });

  test('calls excess what was never accepted', async () => {
    const rows = eventRows(3);
    await ledger.store(rows, [ledgerEntryOf(rows)]);
    expect(await evaluate(later)).toMatchObject({ missing: 0, excess: 3 });
    expect(await ledger.read(true)).toEqual([line('acme', { stored: 3, excess: 3 })]);
  });

  test('what a stuck job holds is pending however old it is, and hides no loss beside it', async () => {
    const rows = eventRows(5);
    const ledgerEntries = [ledgerEntryOf(rows.slice(0, 3)), ledgerEntryOf(rows.slice(3))] as const;
    await ledger.accept(ledgerEntries);
    const held = [{ accountId: 'acme', minute, events: 3 }];
    expect(await evaluate(later, held)).toMatchObject({ missing: 2, excess: 0, pending: 3 });
    await ledger.store(rows.slice(0, 3), [ledgerEntries[0]]);
    expect(await evaluate(later)).toMatchObject({ missing: 2, excess: 0, pending: 0 });
    await ledger.store(rows.slice(3), [ledgerEntries[1]]);
    expect(await evaluate(later, held)).toMatchObject({ missing: 0, excess: 0, pending: 0 });
  });

  test('adds up sources of minutes that are over and that Redis has deleted', async () => {
    const rows = eventRows(3);
    const ledgerEntry = ledgerEntryOf(rows);
    await ledger.accept([ledgerEntry]);
    const sources = async () => (await home.pool.query('SELECT FROM ledger_sources')).rowCount;
    await applySources(home.pool, later, [minute]);
    await applySources(home.pool, new Date(minute * 60_000), []);
    expect(await sources()).toBe(1);
    await applySources(home.pool, later, []);
    expect(await sources()).toBe(0);
    await ledger.store(rows, [ledgerEntry]);
    expect(await evaluate(later)).toMatchObject({ missing: 0, excess: 0, pending: 0 });
    expect(await ledger.read(true)).toEqual([line('acme', { accepted: 3, stored: 3 })]);
  });

  test.each(['counted', 'queued'] as const)(
    'a source that repeats what was applied adds nothing: %s',
    async (source) => {
      const rows = eventRows(3);
      const ledgerEntry = ledgerEntryOf(rows);
      await ledger.accept([ledgerEntry]);
      await ledger.store(rows, [ledgerEntry]);
      await applyLog(home.pool);
      await applySources(home.pool, later, []);
      await closeBalanced(home.pool, later);
      for (const events of [3, 2]) {
        await writeSourceCounts(home.pool, source, [count('api-1', events)]);
        expect(await evaluate(later)).toMatchObject({ missing: 0, excess: 0, pending: 0 });
        expect(await ledger.read(true)).toEqual([line('acme', { accepted: 3, stored: 3 })]);
        await applySources(home.pool, later, []);
        expect(await ledger.read(true)).toEqual([line('acme', { accepted: 3, stored: 3 })]);
      }
    },
  );

  test('a source that reports more later adds the difference, once', async () => {
    await writeSourceCounts(home.pool, 'queued', [count('api-1', 6)]);
    await applySources(home.pool, later, []);
    for (let times = 0; times < 2; times++) {
      await writeSourceCounts(home.pool, 'counted', [count('api-1', 10)]);
      expect(await evaluate(later)).toMatchObject({ missing: 10 });
      await applySources(home.pool, later, []);
      expect(await evaluate(later)).toMatchObject({ missing: 10 });
    }
  });

  test('a closed minute is opened again by whatever comes late, and only closed ones are deleted', async () => {
    const [first, second] = [eventRows(2), eventRows(2, { account_id: 'lost' })];
    const ledgerEntries = [ledgerEntryOf(first), ledgerEntryOf(second)] as const;
    await ledger.accept(ledgerEntries);
    await ledger.store(first, [ledgerEntries[0]]);
    await applyLog(home.pool);
    await applySources(home.pool, later, []);
    await closeBalanced(home.pool, later);
    expect(await evaluate(later)).toMatchObject({ missing: 2, excess: 0 });
    await ledger.store(eventRows(1), [ledgerEntryOf(eventRows(1))]);
    expect(await evaluate(later)).toMatchObject({ missing: 2, excess: 1 });
    await deleteExpiredLedger(home.pool, {
      minuteCounts: later,
      ledgerEntries: later,
      applied: later,
    });
    expect(await ledger.read(true)).toHaveLength(2);
    await home.pool.query(`UPDATE ledger SET accepted = settled WHERE account_id = 'acme'`);
    await closeBalanced(home.pool, later);
    await deleteExpiredLedger(home.pool, {
      minuteCounts: later,
      ledgerEntries: new Date(),
      applied: later,
    });
    expect(await ledger.read(true)).toEqual([line('lost', { accepted: 2, missing: 2 })]);
    for (const table of ['ledger_entries', 'ledger_applied']) {
      expect((await home.pool.query(`SELECT FROM ${table}`)).rowCount).toBe(0);
    }
  });
});
