import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { EventRow } from '../../event/columns.ts';
import {
  eventRow,
  eventRows,
  rollUps,
  rowsText,
  testShard,
} from '@event-platform/testkit/harness/sample-events';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/testkit/harness/test-database';
import { storeBatch, type StoreOutcome } from './event-store.ts';
import type { Shard } from '../placement/shards.ts';

// What becomes of a batch that was held so often that its events are suspected.

let database: TestDatabase;
let shard: Shard;
/** Its statements end after less than the slow rows below take. */
let impatient: Shard;
beforeAll(async () => {
  database = await createTestDatabase();
  shard = testShard(database.url);
  impatient = testShard(database.url, { statementTimeoutMs: 500 });
});
beforeEach(async () => {
  await shard.pool.query('TRUNCATE events, event_counts, dead_letters');
});
afterEach(async () => {
  await shard.pool.query('DROP FUNCTION IF EXISTS hinder CASCADE');
});
afterAll(async () => {
  await Promise.all([shard.pool.end(), impatient.pool.end()]);
  await database.drop();
});

/** Runs a statement of PL/pgSQL before each insert of a row for which the condition holds. */
async function hinder(condition: string, statement: string): Promise<void> {
  await shard.pool.query(`
    CREATE FUNCTION hinder() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN ${statement}; RETURN NEW; END $$;
    CREATE TRIGGER hinder BEFORE INSERT ON events FOR EACH ROW
      WHEN (${condition}) EXECUTE FUNCTION hinder()`);
}

const store = (
  rows: readonly EventRow[],
  { suspected = true, on = shard } = {},
): Promise<StoreOutcome> =>
  storeBatch(on, rowsText(rows), { attempts: 1, backoffMs: 1, suspected });

async function idsIn(table: 'events' | 'dead_letters'): Promise<string[]> {
  const found = await shard.pool.query<{ event_id: string }>(`SELECT event_id FROM ${table}`);
  return found.rows.map((row) => row.event_id).sort();
}
const idsOf = (rows: readonly EventRow[]) => rows.map((row) => row.event_id).sort();

describe('an event that alone makes PostgreSQL fail', () => {
  const failures = [
    ['P0001', `RAISE 'no'`],
    ['XX000', `RAISE SQLSTATE 'XX000'`],
    ['42P01', 'PERFORM FROM no_such_table'],
  ];
  test.each(failures)(
    'by %s is held at first, then dead-lettered, its neighbours stored',
    async (...args) => {
      const [sqlstate, statement] = args;
      await hinder(`NEW.type = 'cursed'`, String(statement));
      const [good, cursed] = [eventRows(20), eventRow({ type: 'cursed' })];
      const rows = [...good.slice(0, 9), cursed, ...good.slice(9)];
      const trusting = store(rows, { suspected: false });
      await expect(trusting).rejects.toMatchObject({ name: 'StoreUnavailable' });
      expect([await idsIn('events'), await idsIn('dead_letters')]).toEqual([[], []]);
      const outcome = await store(rows);
      expect(outcome.dead).toEqual([{ accountId: 'acme', eventId: cursed.event_id, sqlstate }]);
      expect(await idsIn('events')).toEqual(idsOf(good));
      expect(await idsIn('dead_letters')).toEqual([cursed.event_id]);
      const { kept, counted } = await rollUps(shard.pool);
      expect(kept).toEqual(counted);
    },
  );

  test('is dead-lettered also when it is alone in its batch', async () => {
    await hinder(`NEW.type = 'cursed'`, `RAISE 'no'`);
    const cursed = eventRow({ type: 'cursed' });
    await store([cursed]);
    expect(await idsIn('dead_letters')).toEqual([cursed.event_id]);
  });

  test('is distinguished from events whose whole account is refused: they are held, the rest is stored', async () => {
    await hinder(`NEW.account_id = 'barred' OR NEW.type = 'cursed'`, `RAISE 'no'`);
    const [good, barred] = [eventRows(5), eventRows(5, { account_id: 'barred' })];
    const cursed = eventRow({ type: 'cursed' });
    const rows = [...good, ...barred, cursed];
    await expect(store(rows)).rejects.toMatchObject({ cause: { code: 'P0001' } });
    expect(await idsIn('events')).toEqual(idsOf(good));
    expect(await idsIn('dead_letters')).toEqual([cursed.event_id]);
  });
});

test('a failure that every event meets buries none, and no event is tried by itself', async () => {
  await shard.pool.query('ALTER TABLE events RENAME TO events_away');
  let statements = 0;
  const policy = {
    ...{ attempts: 1, backoffMs: 1, suspected: true },
    onStatement: () => {
      statements++;
    },
  };
  try {
    const storing = storeBatch(shard, rowsText(eventRows(100)), policy);
    await expect(storing).rejects.toMatchObject({ cause: { code: '42P01' } });
  } finally {
    await shard.pool.query('ALTER TABLE events_away RENAME TO events');
  }
  expect(statements).toBe(2);
  expect(await idsIn('dead_letters')).toEqual([]);
});

describe('a batch that takes longer than a statement may', () => {
  test('is stored in parts', async () => {
    await hinder('true', 'PERFORM pg_sleep(0.01)');
    const rows = eventRows(80);
    const outcome = await store(rows, { on: impatient });
    expect(outcome).toMatchObject({ dead: [] });
    expect(await idsIn('events')).toEqual(idsOf(rows));
    const { kept, counted } = await rollUps(shard.pool);
    expect(kept).toEqual(counted);
  });

  test('by one event of its own is stored but for that one, which is held and never dead', async () => {
    await hinder(`NEW.type = 'slow'`, 'PERFORM pg_sleep(10)');
    const [good, slow] = [eventRows(6), eventRow({ type: 'slow' })];
    const storing = store([...good.slice(0, 3), slow, ...good.slice(3)], { on: impatient });
    await expect(storing).rejects.toMatchObject({ cause: { code: '57014' } });
    expect(await idsIn('events')).toEqual(idsOf(good));
    expect(await idsIn('dead_letters')).toEqual([]);
  });

  test('by a lock on the table is held whole', async () => {
    const holder = await shard.pool.connect();
    await holder.query('BEGIN; LOCK TABLE events IN EXCLUSIVE MODE');
    const storing = store(eventRows(5), { on: impatient });
    await expect(storing).rejects.toMatchObject({ cause: { code: '57014' } });
    await holder.query('COMMIT');
    holder.release();
    expect([await idsIn('events'), await idsIn('dead_letters')]).toEqual([[], []]);
  });
});
