import { expect, test } from '@jest/globals';
import { createLogger } from '@event-platform/core/platform/logger';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { createExpiry } from './delete-expired-rows.ts';

const home = useTestStore();
const nowMs = Date.parse('2026-11-23T12:00:00Z');
const day = (daysAgo: number) => new Date(nowMs - daysAgo * 24 * 60 * 60_000).toISOString();

test('rows are deleted when they expire; minutes of the ledger that do not balance stay', async () => {
  const { pool, shard } = home;
  await pool.query(
    `INSERT INTO ledger (account_id, minute, closed_at)
     VALUES ('old', $1, now()), ('open', $1, NULL), ('new', $2, now())`,
    [day(8), day(6)],
  );
  await pool.query(
    `INSERT INTO ledger_applied (account_id, minute, process, events)
     VALUES ('old', $1, 'p', 1), ('new', $2, 'p', 1)`,
    [day(1.1), day(0.9)],
  );
  await pool.query(
    `INSERT INTO status_minutes (minute, component, good, bad)
     VALUES ($1, 'ingest', 1, 0), ($2, 'ingest', 1, 0)`,
    [day(33), day(31)],
  );
  const expire = createExpiry({
    shards: { all: [shard], directory: pool },
    logger: createLogger('test', 'silent'),
    ledgerDays: 7,
    now: () => nowMs,
  });
  expect(await expire()).toBe(true);
  const accounts = async (table: string) => {
    const { rows } = await pool.query<{ account_id: string }>(
      `SELECT account_id FROM ${table} ORDER BY 1`,
    );
    return rows.map(({ account_id }) => account_id);
  };
  expect(await accounts('ledger')).toEqual(['new', 'open']);
  expect(await accounts('ledger_applied')).toEqual(['new']);
  expect((await pool.query('SELECT FROM status_minutes')).rowCount).toBe(1);
});
