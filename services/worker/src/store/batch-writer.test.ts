import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { EventRow } from '@event-platform/shared/contracts/event';
import type { StoreOutcome } from '@event-platform/shared/database/event-store';
import { holdsBeforeSuspicion } from '@event-platform/shared/database/retry-policy';
import type { Shard } from '@event-platform/shared/database/shards';
import { createLogger } from '@event-platform/shared/platform/logger';
import { eventually } from '@event-platform/shared/testing/eventually';
import {
  eventRow,
  eventRows,
  rowsText,
  storedEvents,
  testShard,
} from '@event-platform/shared/testing/sample-events';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/shared/testing/test-database';
import { createBatchWriter } from './batch-writer.ts';

let database: TestDatabase;
let shard: Shard;
let outcomes: StoreOutcome[];
let tries: number;
beforeAll(async () => {
  database = await createTestDatabase();
  shard = testShard(database.url);
});
beforeEach(() => {
  outcomes = [];
  tries = 0;
});
afterEach(() => shard.pool.query('TRUNCATE events, event_counts, dead_letters'));
afterAll(async () => {
  await shard.pool.end();
  await database.drop();
});

function write(rows: EventRow[]): Promise<void> {
  const writeBatch = createBatchWriter(shard, {
    logger: createLogger('test', 'silent'),
    giveUp: new AbortController().signal,
    onTry: () => {
      tries++;
    },
    onStored: ({ outcome }) => void outcomes.push(outcome),
  });
  return writeBatch([
    { shard, rows: rowsText(rows), events: rows.length, cells: undefined, lots: [] },
  ]);
}

test('one event that PostgreSQL fails over does not hold its batch for ever', async () => {
  await shard.pool.query(`
    CREATE FUNCTION curse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
    CREATE TRIGGER curse BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.type = 'cursed')
      EXECUTE FUNCTION curse()`);
  const cursed = eventRow({ t: 'cursed' });
  await write([...eventRows(10), cursed]);
  await shard.pool.query('DROP FUNCTION curse CASCADE');
  expect(outcomes).toMatchObject([{ dead: [{ eventId: cursed.e, sqlstate: 'P0001' }] }]);
  expect(await storedEvents(shard.pool)).toHaveLength(10);
});

test('a table that is missing holds a batch beyond every suspicion; nothing is dead', async () => {
  await shard.pool.query('ALTER TABLE events RENAME TO events_away');
  const writing = write(eventRows(10));
  // Each hold is a statement and a try.
  await eventually(() => tries > 2 * (holdsBeforeSuspicion + 1), { timeoutMs: 20_000 });
  await shard.pool.query('ALTER TABLE events_away RENAME TO events');
  await writing;
  expect(outcomes).toMatchObject([{ dead: [] }]);
  expect(await storedEvents(shard.pool)).toHaveLength(10);
});
