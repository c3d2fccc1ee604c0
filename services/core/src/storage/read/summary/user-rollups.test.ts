import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { EventRow } from '../../../event/columns.ts';
import { instantText, parseInstant } from '../../../event/instant.ts';
import { countNaively } from '@event-platform/testkit/harness/count-naively';
import { eventRow, eventRows, rowsText } from '@event-platform/testkit/harness/sample-events';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { eraseEvents } from '../../erasure/erase-events.ts';
import { storeBatch } from '../../write/event-store.ts';
import { inTransaction } from '../../session/in-transaction.ts';
import { findWindowsToRollUp } from './find-windows.ts';
import { rollUpUsers, lockUserRollUps } from './roll-up-users.ts';
import { readSummary } from './read-summary.ts';
import { windowUs } from './windows.ts';

const tables =
  'events, event_counts, user_rollups, user_numbers, ledger, ledger_log, ledger_entries';
const home = useTestStore({ empty: tables });

const base = parseInstant('2026-11-01T12:00:00Z') ?? 0n;
const rollUpWindows = 4;
const user = fc.constantFrom('a', 'B', 'b', 'é', '漢', '😀', '_');
const instant = fc.oneof(
  fc.bigInt({ min: 0n, max: BigInt(rollUpWindows) * windowUs - 1n }),
  fc.bigInt({ min: 0n, max: BigInt(rollUpWindows - 1) }).map((window) => window * windowUs),
);

type Step =
  | { kind: 'store'; events: { u: string; s: bigint }[] }
  | { kind: 'rollUp'; window: number }
  | { kind: 'erase'; u: string };

const step = fc.oneof(
  fc.record({
    kind: fc.constant('store' as const),
    events: fc.array(fc.record({ u: user, s: instant }), { minLength: 1, maxLength: 12 }),
  }),
  fc.record({
    kind: fc.constant('rollUp' as const),
    window: fc.integer({ min: 0, max: rollUpWindows - 1 }),
  }),
  fc.record({ kind: fc.constant('erase' as const), u: user }),
);

const atWindow = (window: number) => base + BigInt(window) * windowUs;
const store = (rows: EventRow[]) => storeBatch(home.shard, rowsText(rows));
const read = (fromUs: bigint, toUs: bigint, users = 10) =>
  readSummary(home.shard, 'acme', [fromUs, toUs], { types: 10, users });

async function erase(userId: string): Promise<void> {
  for await (const ids of eraseEvents(home.pool, { accountId: 'acme', userId })) {
    expect(ids.length).toBeGreaterThan(0);
  }
}

/** Does a step to the database and to the list that stands for it. */
async function take(rows: EventRow[], one: Step): Promise<EventRow[]> {
  if (one.kind === 'rollUp') {
    await rollUpUsers(home.pool, 'acme', atWindow(one.window));
    return rows;
  }
  if (one.kind === 'erase') {
    await erase(one.u);
    return rows.filter((row) => row.user_id !== one.u);
  }
  const more = one.events.map(({ u, s }) =>
    eventRow({ user_id: u, timestamp: instantText(base + s) }),
  );
  await store(more);
  return [...rows, ...more];
}

describe('a summary with user roll-ups', () => {
  test('equals the count one by one, whatever was stored, rolled up and erased before, in any order', async () => {
    const edge = fc.oneof(instant, fc.constant(BigInt(rollUpWindows) * windowUs));
    const windows = fc.array(fc.tuple(edge, edge, fc.integer({ min: 1, max: 8 })), {
      minLength: 1,
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 10 }), windows, async (steps, asked) => {
        await home.pool.query(`TRUNCATE ${tables}`);
        let rows: EventRow[] = [];
        for (const one of steps) {
          rows = await take(rows, one);
          for (const [start, end, limit] of asked) {
            const [fromUs, toUs] =
              start < end ? [base + start, base + end] : [base + end, base + start];
            const { counts } = await read(fromUs, toUs, limit);
            const limits = { types: 10, users: limit };
            expect(counts).toEqual(countNaively(rows, [fromUs, toUs], limits));
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test('reads no row of a rolled-up window, and reads them again once another event has come into it', async () => {
    await store(eventRows(5, { timestamp: '2026-11-01T12:20:00Z' }));
    await store(eventRows(2, { timestamp: '2026-11-01T12:40:00Z' }));
    expect(await rollUpUsers(home.pool, 'acme', atWindow(1))).toBe('written');
    expect((await read(base, atWindow(3))).rowsRead).toBe(2);
    await store(eventRows(1, { timestamp: '2026-11-01T12:29:59.999999Z' }));
    expect((await read(base, atWindow(3))).rowsRead).toBe(8);
    expect(await rollUpUsers(home.pool, 'acme', atWindow(1))).toBe('written');
    expect((await read(base, atWindow(3))).rowsRead).toBe(2);
  });

  test('of more windows than are read at once counts each of them', async () => {
    for (let window = 0; window < 30; window++) {
      await store([
        eventRow({ user_id: `user-${window % 7}`, timestamp: instantText(atWindow(window)) }),
      ]);
      await rollUpUsers(home.pool, 'acme', atWindow(window));
    }
    const { counts, rowsRead } = await read(base, atWindow(30));
    expect(rowsRead).toBe(0);
    expect(counts.top_users.map(({ count }) => count)).toEqual([5, 5, 4, 4, 4, 4, 4]);
  });

  test('never uses a user roll-up from before an erasure, though as many events have come since', async () => {
    await store([...eventRows(2, { user_id: 'ada' }), ...eventRows(2, { user_id: 'eve' })]);
    await rollUpUsers(home.pool, 'acme', base);
    await erase('ada');
    await store(eventRows(2, { user_id: 'bob' }));
    expect((await read(base, atWindow(1))).counts.top_users).toEqual([
      { user_id: 'bob', count: 2 },
      { user_id: 'eve', count: 2 },
    ]);
  });

  test('counts a user with more events than an entry of a user roll-up can hold', async () => {
    for (const [user, count] of [
      ['ada', 255],
      ['bob', 256],
      ['eve', 766],
    ] as const) {
      await store(eventRows(count, { user_id: user }));
    }
    expect(await rollUpUsers(home.pool, 'acme', base)).toBe('written');
    const { counts, rowsRead } = await read(base, atWindow(1));
    expect(rowsRead).toBe(0);
    expect(counts.top_users.map(({ count }) => count)).toEqual([766, 256, 255]);
  });

  test('keeps accounts apart', async () => {
    await store([
      ...eventRows(3, { user_id: 'own' }),
      ...eventRows(4, { account_id: 'other', user_id: 'theirs' }),
    ]);
    for (const account of ['acme', 'other']) await rollUpUsers(home.pool, account, base);
    expect((await read(base, atWindow(1))).counts.top_users).toEqual([
      { user_id: 'own', count: 3 },
    ]);
  });
});

describe('a user roll-up', () => {
  test('does not begin while another process rolls up or erases the account', async () => {
    await store(eventRows(1));
    await inTransaction(home.pool, async (session) => {
      await lockUserRollUps(session, 'acme');
      expect(await rollUpUsers(home.pool, 'acme', base)).toBe('busy');
      expect(await rollUpUsers(home.pool, 'other', base)).toBe('written');
    });
    expect(await rollUpUsers(home.pool, 'acme', base)).toBe('written');
  });

  test('is given up, and few numbers are spent, where an account has too many users', async () => {
    await store(Array.from({ length: 50 }, (_, index) => eventRow({ user_id: `user-${index}` })));
    expect(await rollUpUsers(home.pool, 'acme', base, 10)).toBe('too many users');
    expect(await rollUpUsers(home.pool, 'acme', base, 10)).toBe('too many users');
    const { rows } = await home.pool.query('SELECT count(*)::int AS numbers FROM user_numbers');
    expect(rows).toEqual([{ numbers: 11 }]);
    expect((await read(base, atWindow(1))).rowsRead).toBe(50);
  });

  test('leaves no name behind of a user who is erased', async () => {
    await store([...eventRows(2, { user_id: 'ada' }), ...eventRows(2, { user_id: 'eve' })]);
    await rollUpUsers(home.pool, 'acme', base);
    await erase('ada');
    const { rows } = await home.pool.query('SELECT user_id FROM user_numbers');
    expect(rows).toEqual([{ user_id: 'eve' }]);
  });
});

describe('windows worth a user roll-up', () => {
  test('have many events, and no valid user roll-up; the newest first', async () => {
    for (const window of [0, 1, 2, 3]) {
      await store(eventRows(window === 1 ? 2 : 3, { timestamp: instantText(atWindow(window)) }));
    }
    const find = async (fromUs: bigint, toUs: bigint) => {
      const span = [fromUs, toUs] as const;
      const found = await findWindowsToRollUp(home.pool, ['acme'], span, { least: 3 });
      return found.map(({ startUs }) => startUs);
    };
    expect(await find(base, atWindow(4))).toEqual([atWindow(3), atWindow(2), base]);
    expect(await find(atWindow(1), atWindow(3))).toEqual([atWindow(2)]);
    await rollUpUsers(home.pool, 'acme', atWindow(2));
    expect(await find(base, atWindow(4))).toEqual([atWindow(3), base]);
  });

  test('into which events still come are rolled up again after ten minutes only', async () => {
    await store(eventRows(3));
    await rollUpUsers(home.pool, 'acme', base);
    await store(eventRows(3));
    const find = () => findWindowsToRollUp(home.pool, ['acme'], [base, atWindow(1)], { least: 3 });
    expect(await find()).toEqual([]);
    await home.pool.query(
      `UPDATE user_rollups SET rolled_up_at = rolled_up_at - interval '11 minutes'`,
    );
    expect(await find()).toEqual([{ accountId: 'acme', startUs: base }]);
  });
});
