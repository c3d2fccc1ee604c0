import { beforeAll, expect, test } from '@jest/globals';
import {
  eventRow,
  eventRows,
  rowsJson,
  testShard,
} from '@event-platform/testkit/harness/sample-events';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { dryRun } from './dry-run.ts';

const home = useTestStore({ empty: 'events, event_counts, ledger_log' });
beforeAll(async () => {
  await home.pool.query(`
    CREATE FUNCTION refuse_late() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE 'refused at the end'; END $$;
    CREATE CONSTRAINT TRIGGER late AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW WHEN (NEW.type = 'late') EXECUTE FUNCTION refuse_late()`);
});

const leftovers = async () =>
  (
    await home.pool.query(
      'SELECT FROM events UNION ALL SELECT FROM event_counts UNION ALL SELECT FROM ledger_log',
    )
  ).rowCount;

test('a dry run shows what a write would do, any number of times, and leaves nothing', async () => {
  const rows = rowsJson(eventRows(3, { type: 'same' }));
  const told = await dryRun(home.pool, async (attempt) => {
    const refused: unknown = await attempt(rowsJson([eventRow({ type: 't'.repeat(60) })])).catch(
      (error: unknown) => error,
    );
    return [await attempt(rows), await attempt(rows), refused];
  });
  const stored = [{ accountId: 'acme', type: 'same', events: 3 }];
  expect(told).toEqual([stored, stored, expect.objectContaining({ code: '22001' })]);
  expect(await leftovers()).toBe(0);
});

test('a dry run fails where a write would fail at its COMMIT', async () => {
  const trying = dryRun(home.pool, (attempt) => attempt(rowsJson([eventRow({ type: 'late' })])));
  await expect(trying).rejects.toMatchObject({ message: 'refused at the end' });
});

test('a session that is lost between two tries fails the dry run and nothing else', async () => {
  const other = testShard(home.url);
  const trying = dryRun(home.pool, async (attempt) => {
    await other.pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND state = 'idle in transaction'`,
    );
    await attempt(rowsJson(eventRows(1)));
  });
  await expect(trying).rejects.toThrow();
  await other.pool.end();
  expect(await leftovers()).toBe(0);
});
