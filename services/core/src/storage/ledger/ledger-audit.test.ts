import { describe, expect, test } from '@jest/globals';
import { eventRows } from '@event-platform/testkit/harness/sample-events';
import {
  later,
  ledgerTables,
  line,
  lotOf,
  minute,
  never,
  SampleLedger,
} from '@event-platform/testkit/harness/sample-ledger';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { audit, closeBalanced, foldLog, foldWitnesses, forgetLedger } from './ledger-audit.ts';
import type { HeldCount } from './ledger-held.ts';
import { writeWitness } from './ledger-witnesses.ts';

const home = useTestStore({ empty: ledgerTables });
const ledger = new SampleLedger(home);

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
    await ledger.accept(lots);
    await ledger.store(rows.slice(0, 3), lots.slice(0, 1));
    expect(await judge(never)).toMatchObject({ missing: 0, excess: 0, pending: 2 });
    expect((await judge(never)).oldestPending).toEqual(new Date(minute * 60_000));
    expect(await judge(later)).toMatchObject({ missing: 2, excess: 0, pending: 0 });
    expect(await ledger.read(true)).toEqual([line('acme', { accepted: 5, stored: 3, missing: 2 })]);
  });

  test('of two witnesses the greater holds, process by process', async () => {
    // One api was killed before it wrote down 4 of its 10; Redis lost 4 of the other's 10.
    await writeWitness(home.pool, 'counted', [count('api-1', 6), count('api-2', 10)]);
    await writeWitness(home.pool, 'queued', [count('api-1', 10), count('api-2', 6)]);
    const rows = eventRows(16);
    await ledger.store(rows, [lotOf(rows)]);
    expect(await judge(later)).toMatchObject({ missing: 4, excess: 0 });
    expect(await ledger.read(true)).toEqual([
      line('acme', { accepted: 20, stored: 16, missing: 4 }),
    ]);
  });

  test('calls excess what was never accepted', async () => {
    const rows = eventRows(3);
    await ledger.store(rows, [lotOf(rows)]);
    expect(await judge(later)).toMatchObject({ missing: 0, excess: 3 });
    expect(await ledger.read(true)).toEqual([line('acme', { stored: 3, excess: 3 })]);
  });

  test('what a stuck job holds is pending however old it is, and hides no loss beside it', async () => {
    const rows = eventRows(5);
    const lots = [lotOf(rows.slice(0, 3)), lotOf(rows.slice(3))] as const;
    await ledger.accept(lots);
    const held = [{ accountId: 'acme', minute, events: 3 }];
    expect(await judge(later, held)).toMatchObject({ missing: 2, excess: 0, pending: 3 });
    await ledger.store(rows.slice(0, 3), [lots[0]]);
    expect(await judge(later)).toMatchObject({ missing: 2, excess: 0, pending: 0 });
    await ledger.store(rows.slice(3), [lots[1]]);
    expect(await judge(later, held)).toMatchObject({ missing: 0, excess: 0, pending: 0 });
  });

  test('adds up witnesses of minutes that are over and that Redis has let go', async () => {
    const rows = eventRows(3);
    const lot = lotOf(rows);
    await ledger.accept([lot]);
    const witnesses = async () => (await home.pool.query('SELECT FROM ledger_witnesses')).rowCount;
    await foldWitnesses(home.pool, later, [minute]);
    await foldWitnesses(home.pool, new Date(minute * 60_000), []);
    expect(await witnesses()).toBe(1);
    await foldWitnesses(home.pool, later, []);
    expect(await witnesses()).toBe(0);
    await ledger.store(rows, [lot]);
    expect(await judge(later)).toMatchObject({ missing: 0, excess: 0, pending: 0 });
    expect(await ledger.read(true)).toEqual([line('acme', { accepted: 3, stored: 3 })]);
  });

  test.each(['counted', 'queued'] as const)(
    'a witness that says again what was added up adds nothing: %s',
    async (witness) => {
      const rows = eventRows(3);
      const lot = lotOf(rows);
      await ledger.accept([lot]);
      await ledger.store(rows, [lot]);
      await foldLog(home.pool);
      await foldWitnesses(home.pool, later, []);
      await closeBalanced(home.pool, later);
      for (const events of [3, 2]) {
        await writeWitness(home.pool, witness, [count('api-1', events)]);
        expect(await judge(later)).toMatchObject({ missing: 0, excess: 0, pending: 0 });
        expect(await ledger.read(true)).toEqual([line('acme', { accepted: 3, stored: 3 })]);
        await foldWitnesses(home.pool, later, []);
        expect(await ledger.read(true)).toEqual([line('acme', { accepted: 3, stored: 3 })]);
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
    await ledger.accept(lots);
    await ledger.store(first, [lots[0]]);
    await foldLog(home.pool);
    await foldWitnesses(home.pool, later, []);
    await closeBalanced(home.pool, later);
    expect(await judge(later)).toMatchObject({ missing: 2, excess: 0 });
    await ledger.store(eventRows(1), [lotOf(eventRows(1))]);
    expect(await judge(later)).toMatchObject({ missing: 2, excess: 1 });
    await forgetLedger(home.pool, { cells: later, lots: later, folded: later });
    expect(await ledger.read(true)).toHaveLength(2);
    await home.pool.query(`UPDATE ledger SET accepted = settled WHERE account_id = 'acme'`);
    await closeBalanced(home.pool, later);
    await forgetLedger(home.pool, { cells: later, lots: new Date(), folded: later });
    expect(await ledger.read(true)).toEqual([line('lost', { accepted: 2, missing: 2 })]);
    for (const table of ['ledger_lots', 'ledger_folded']) {
      expect((await home.pool.query(`SELECT FROM ${table}`)).rowCount).toBe(0);
    }
  });
});
