import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { countNaively } from '../../testing/count-naively.ts';
import { eventRow, eventRows, rowsText } from '../../testing/sample-events.ts';
import { useTestStore } from '../../testing/use-test-store.ts';
import { storeBatch } from '../event-store.ts';
import { readSummary } from './read-summary.ts';

const home = useTestStore({ empty: 'events, event_counts' });

const minuteMs = 60_000;
const base = Date.parse('2026-11-01T12:00:00Z');

async function read(account: string, fromMs: number, toMs: number, limit: number) {
  return (await readSummary(home.shard, account, fromMs, toMs, limit)).counts;
}

// Few names, so that ties are common; by byte, by UTF-16 unit and by locale they sort differently.
const name = fc.constantFrom('a', 'B', 'b', 'Z', 'é', 'z', 'ä', '漢', '\uffff', '😀', '_', ' a');
/** Around five minutes, and often exactly on the edge of one. */
const instant = fc.oneof(
  fc.integer({ min: -2 * minuteMs, max: 3 * minuteMs }),
  fc.integer({ min: -2, max: 3 }).map((minute) => minute * minuteMs),
  fc.integer({ min: -2, max: 3 }).map((minute) => minute * minuteMs - 1),
);

describe('a summary', () => {
  test('equals the count of the events one by one, for any events and any window', async () => {
    const sent = fc.record({ u: name, t: name, s: instant });
    const windows = fc.array(fc.tuple(instant, instant, fc.integer({ min: 1, max: 12 })), {
      minLength: 5,
      maxLength: 15,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(sent, { maxLength: 60 }), windows, async (all, asked) => {
        await home.pool.query('TRUNCATE events, event_counts');
        const rows = all.map(({ u, t, s }) =>
          eventRow({ u, t, s: new Date(base + s).toISOString() }),
        );
        const others = eventRows(3, { a: 'other' });
        await storeBatch(home.shard, rowsText([...rows, ...others]));
        for (const [one, two, limit] of asked) {
          const [fromMs, toMs] = [base + Math.min(one, two), base + Math.max(one, two)];
          const found = await read('acme', fromMs, toMs, limit);
          expect(found).toEqual(countNaively(rows, fromMs, toMs, limit));
        }
      }),
      { numRuns: 40 },
    );
  });

  test('takes the first microsecond of its window and not that of its end', async () => {
    const at = (s: string) => eventRow({ s: `2026-11-01T12:00:${s}Z` });
    await storeBatch(home.shard, rowsText(['09.999999', '10', '19.999999', '20'].map(at)));
    const [fromMs, toMs] = [base + 10_000, base + 20_000];
    expect((await read('acme', fromMs, toMs, 10)).total).toBe(2);
    expect((await read('acme', fromMs, fromMs, 10)).total).toBe(0);
  });

  test('of an account without events is empty', async () => {
    const nothing = { total: 0, by_type: [], top_users: [] };
    expect(await read('nobody', 0, base, 10)).toEqual(nothing);
  });

  test('orders equal counts by byte: upper case, lower case, then other scripts', async () => {
    const names = ['漢', 'é', 'z', '😀', 'b', 'B', '_', '\uffff'];
    await storeBatch(home.shard, rowsText(names.map((one) => eventRow({ u: one, t: one }))));
    const found = await read('acme', base, base + minuteMs, 10);
    const ordered = ['B', '_', 'b', 'z', 'é', '漢', '\uffff', '😀'];
    expect(found.by_type.map(({ type }) => type)).toEqual(ordered);
    expect(found.top_users.map(({ user_id }) => user_id)).toEqual(ordered);
  });

  test('gives counts as numbers, beyond 32 bits too', async () => {
    await home.pool.query(
      `INSERT INTO event_counts VALUES ('acme', '2026-11-01T12:00:00Z', 'a', 5000000000)`,
    );
    expect(await read('acme', base, base + minuteMs, 10)).toMatchObject({
      total: 5_000_000_000,
      by_type: [{ type: 'a', count: 5_000_000_000 }],
    });
  });
});
