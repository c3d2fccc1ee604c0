import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { countNaively } from '@event-platform/testkit/harness/count-naively';
import { instantText, parseInstant } from '../../../event/instant.ts';
import { eventRow, eventRows, rowsText } from '@event-platform/testkit/harness/sample-events';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { storeBatch } from '../../write/event-store.ts';
import { readSummary } from './read-summary.ts';

const home = useTestStore({ empty: 'events, event_counts' });

const minuteUs = 60_000_000n;
const base = parseInstant('2026-11-01T12:00:00Z') ?? 0n;

async function read(account: string, fromUs: bigint, toUs: bigint, limit: number, types = limit) {
  const limits = { types, users: limit };
  return (await readSummary(home.shard, account, [fromUs, toUs], limits)).counts;
}

// Few names, so that ties are common; by byte, by UTF-16 unit and by locale they sort differently.
const name = fc.constantFrom('a', 'B', 'b', 'Z', 'é', 'z', 'ä', '漢', '\uffff', '😀', '_', ' a');
/** Around five minutes, and often exactly on the edge of one, or within a millisecond of the others. */
const instant = fc.oneof(
  fc.bigInt({ min: -2n * minuteUs, max: 3n * minuteUs }),
  fc.bigInt({ min: -2n, max: 3n }).map((minute) => minute * minuteUs),
  fc.bigInt({ min: -2n, max: 3n }).map((minute) => minute * minuteUs - 1n),
  fc.bigInt({ min: 500n, max: 520n }),
);

describe('a summary', () => {
  test('equals the count of the events one by one, for any events and any window', async () => {
    const sent = fc.record({ u: name, t: name, s: instant });
    const windows = fc.array(fc.tuple(instant, instant, fc.nat(11), fc.nat(11)), {
      minLength: 5,
      maxLength: 15,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(sent, { maxLength: 60 }), windows, async (all, asked) => {
        await home.pool.query('TRUNCATE events, event_counts');
        const rows = all.map(({ u, t, s }) =>
          eventRow({ user_id: u, type: t, timestamp: instantText(base + s) }),
        );
        const others = eventRows(3, { account_id: 'other' });
        await storeBatch(home.shard, rowsText([...rows, ...others]));
        for (const [one, two, users, types] of asked) {
          const [fromUs, toUs] = one < two ? [base + one, base + two] : [base + two, base + one];
          const found = await read('acme', fromUs, toUs, users + 1, types + 1);
          const limits = { users: users + 1, types: types + 1 };
          expect(found).toEqual(countNaively(rows, [fromUs, toUs], limits));
        }
      }),
      { numRuns: 40 },
    );
  });

  test('takes the first microsecond of its window and not that of its end', async () => {
    const at = (s: string) => eventRow({ timestamp: `2026-11-01T12:00:${s}Z` });
    await storeBatch(home.shard, rowsText(['09.999999', '10', '19.999999', '20'].map(at)));
    const [fromUs, toUs] = [base + 10_000_000n, base + 20_000_000n];
    expect((await read('acme', fromUs, toUs, 10)).total).toBe(2);
    expect((await read('acme', fromUs, toUs - 1n, 10)).total).toBe(1);
    expect((await read('acme', fromUs - 1n, toUs + 1n, 10)).total).toBe(4);
    expect((await read('acme', fromUs, fromUs, 10)).total).toBe(0);
  });

  test('of an account without events is empty', async () => {
    const none = { types: 0, count: 0 };
    const nothing = { total: 0, by_type: [], other_types: none, top_users: [] };
    expect(await read('nobody', 0n, base, 10)).toEqual(nothing);
  });

  test('orders equal counts by byte: upper case, lower case, then other scripts', async () => {
    const names = ['漢', 'é', 'z', '😀', 'b', 'B', '_', '\uffff'];
    await storeBatch(
      home.shard,
      rowsText(names.map((one) => eventRow({ user_id: one, type: one }))),
    );
    const found = await read('acme', base, base + minuteUs, 10);
    const ordered = ['B', '_', 'b', 'z', 'é', '漢', '\uffff', '😀'];
    expect(found.by_type.map(({ type }) => type)).toEqual(ordered);
    expect(found.top_users.map(({ user_id }) => user_id)).toEqual(ordered);
  });

  test('gives counts as numbers, beyond 32 bits too', async () => {
    await home.pool.query(
      `INSERT INTO event_counts VALUES ('acme', '2026-11-01T12:00:00Z', 'a', 5000000000)`,
    );
    expect(await read('acme', base, base + minuteUs, 10)).toMatchObject({
      total: 5_000_000_000,
      by_type: [{ type: 'a', count: 5_000_000_000 }],
    });
  });
});
