import { beforeEach, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { createLogger } from '@event-platform/core/platform/logger';
import { storeEvents } from '@event-platform/core/storage/write/store-events';
import { eventRow, rowsJson } from '@event-platform/testkit/harness/sample-events';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { UserRollUps } from './user-roll-ups.ts';

const home = useTestStore({ empty: 'events, event_counts, user_rollups, user_numbers' });
const startMs = Date.parse('2026-11-23T12:35:00Z');
const hourMs = 3_600_000;
let nowMs: number;
let registry: Registry;
let rollUps: UserRollUps;

beforeEach(() => {
  nowMs = startMs;
  registry = new Registry();
  rollUps = new UserRollUps({
    shards: { all: [home.shard] },
    ...{ registry, logger: createLogger('test', 'silent'), now: () => nowMs, leastEvents: 3 },
  });
});

async function seed(account: string, events: number, atMs: number): Promise<void> {
  const timestamp = new Date(atMs).toISOString();
  const rows = Array.from({ length: events }, () => eventRow({ account_id: account, timestamp }));
  await storeEvents(home.pool, rowsJson(rows));
}

async function rolledUp(): Promise<string[]> {
  const { rows } = await home.pool.query<{ account: string; window: Date }>(
    'SELECT account_id AS account, window_start AS "window" FROM user_rollups ORDER BY 1, 2',
  );
  return rows.map(({ account, window }) => `${account} ${window.toISOString().slice(0, 16)}`);
}

test('windows with many events are rolled up, of every account, and once', async () => {
  await seed('one', 4, startMs - 2 * hourMs);
  await seed('one', 2, startMs - 4 * hourMs);
  await seed('two', 3, startMs - 3 * hourMs);
  expect(await rollUps.run()).toBe(true);
  const expected = ['one 2026-11-23T10:30', 'two 2026-11-23T09:30'];
  expect(await rolledUp()).toEqual(expected);
  await rollUps.run();
  const written = await registry.getSingleMetric('summary_rollups_written_total')?.get();
  expect(written?.values[0]?.value).toBe(2);
});

test('a window is rolled up five minutes after its end', async () => {
  await seed('one', 9, startMs - 1);
  nowMs = Date.parse('2026-11-23T12:49:59Z');
  await rollUps.run();
  expect(await rolledUp()).toEqual([]);
  nowMs = Date.parse('2026-11-23T12:50:00Z');
  await rollUps.run();
  expect(await rolledUp()).toEqual(['one 2026-11-23T12:30']);
});

test('events of long ago are rolled up too', async () => {
  await seed('one', 3, Date.parse('2013-01-01T00:07:00Z'));
  await seed('one', 3, Date.parse('2020-06-01T23:59:00Z'));
  await seed('two', 3, Date.parse('2013-01-01T00:07:00Z'));
  await rollUps.run();
  expect(await rolledUp()).toEqual([
    'one 2013-01-01T00:00',
    'one 2020-06-01T23:45',
    'two 2013-01-01T00:00',
  ]);
});

test('a window that got more events is rolled up again after ten minutes', async () => {
  await seed('one', 3, startMs - 2 * hourMs);
  await rollUps.run();
  await seed('one', 1, startMs - 2 * hourMs);
  await rollUps.run();
  const events = async () =>
    (await home.pool.query<{ events: number }>('SELECT events::int FROM user_rollups')).rows;
  expect(await events()).toEqual([{ events: 3 }]);
  await home.pool.query(`UPDATE user_rollups SET rolled_up_at = now() - interval '11 minutes'`);
  await rollUps.run();
  expect(await events()).toEqual([{ events: 4 }]);
});
