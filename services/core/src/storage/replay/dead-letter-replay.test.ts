import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import {
  eventRow,
  rollUps,
  storedEvents,
  testShard,
} from '@event-platform/testkit/harness/sample-events';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/testkit/harness/test-database';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { editDeadLetter } from '../dead-letters/dead-letter-edit.ts';
import { findDeadLetter } from '../dead-letters/dead-letter-list.ts';
import { replayDeadLetter } from './dead-letter-replay.ts';
import { deadLetterEvent } from '../dead-letters/dead-letters.ts';
import { createShardMap, type Shard, type ShardMap } from '../placement/shards.ts';

let databases: TestDatabase[];
let shards: ShardMap;
let home: Shard;
let unavailable: Shard;
beforeAll(async () => {
  databases = await Promise.all([createTestDatabase(), createTestDatabase()]);
  const [first = '', second = ''] = databases.map(({ url }) => url);
  shards = createShardMap(
    { shards: { home: first, unavailable: second }, accounts: { acme: 'home' } },
    first,
    (url) => testShard(url).pool,
  );
  const [one, other] = shards.all;
  if (!one || !other) throw new Error('There are two shards');
  [home, unavailable] = [one, other];
});
afterEach(async () => {
  for (const { pool } of shards.all) {
    await pool.query('TRUNCATE events, event_counts, dead_letters, ledger_log');
  }
});
afterAll(async () => {
  await shards.close();
  for (const database of databases) await database.drop();
});

const poison = eventRow({ type: 't'.repeat(60) });
const key = { accountId: poison.account_id, eventId: poison.event_id };
const mended = JSON.stringify({ ...poison, type: 'click' });
const cause = { reason: 'data_error', sqlstate: '22001', message: 'too long', attempts: 1 };

async function addAndEditDeadLetter(source: Shard): Promise<void> {
  await deadLetterEvent(source.pool, poison, cause);
  const deadLetter = await findDeadLetter(source.pool, key.accountId, key.eventId);
  if (!deadLetter || !(await editDeadLetter(source.pool, deadLetter, mended)))
    throw new Error('No dead letter');
}

test('the same replay from several places stores the event once', async () => {
  await addAndEditDeadLetter(home);
  const replays = Array.from({ length: 3 }, () => replayDeadLetter(shards, home, key));
  const kinds = (await Promise.all(replays)).map(({ kind }) => kind);
  expect(kinds.sort()).toEqual(['gone', 'gone', 'stored']);
  const { kept, counted } = await rollUps(home.pool);
  expect(kept).toEqual(counted);
  expect(await storedEvents(home.pool)).toMatchObject([
    { event_id: poison.event_id, type: 'click' },
  ]);
});

test('an edit in the midst of a replay is either stored or refused, never lost', async () => {
  await addAndEditDeadLetter(home);
  const seen = await findDeadLetter(home.pool, key.accountId, key.eventId);
  if (!seen) throw new Error('No dead letter');
  const blocker = await home.pool.connect();
  await blocker.query('BEGIN; LOCK TABLE events IN EXCLUSIVE MODE');
  const replaying = replayDeadLetter(shards, home, key);
  const waits = (what: string) => async () => {
    const { rowCount } = await home.pool.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database()
         AND wait_event_type = 'Lock' AND query ILIKE $1`,
      [`%${what}%`],
    );
    return rowCount === 1;
  };
  await eventually(waits('INSERT INTO events'));
  const editing = editDeadLetter(home.pool, seen, JSON.stringify({ ...poison, type: 'late' }));
  await eventually(waits('update "dead_letters"'));
  await blocker.query('COMMIT');
  blocker.release();
  expect(await replaying).toEqual({ kind: 'stored' });
  expect(await editing).toBe(false);
});

test('a dead letter that was renewed since it was listed is replayed as it is now', async () => {
  await deadLetterEvent(home.pool, poison, cause);
  await deadLetterEvent(home.pool, { ...poison, type: 'renewed' }, cause);
  expect(await replayDeadLetter(shards, home, key)).toEqual({ kind: 'stored' });
  expect(await storedEvents(home.pool)).toMatchObject([{ type: 'renewed' }]);
});

test('an event that dies again keeps its original, its edit and all its attempts', async () => {
  await deadLetterEvent(home.pool, poison, cause);
  const deadLetter = await findDeadLetter(home.pool, key.accountId, key.eventId);
  const stillPoison = JSON.stringify({ ...poison, type: 'u'.repeat(70) });
  if (deadLetter) await editDeadLetter(home.pool, deadLetter, stillPoison);
  expect(await replayDeadLetter(shards, home, key)).toMatchObject({ kind: 'dead' });
  await deadLetterEvent(home.pool, poison, cause);
  expect(await findDeadLetter(home.pool, key.accountId, key.eventId)).toMatchObject({
    row: JSON.stringify(poison),
    editedRow: stillPoison,
    attempts: 3,
  });
});

test('a dead letter on another shard than its account’s is stored on the account’s, edited or not', async () => {
  await addAndEditDeadLetter(unavailable);
  expect(await replayDeadLetter(shards, unavailable, key, 'ROLLBACK')).toEqual({ kind: 'stored' });
  expect(await storedEvents(home.pool)).toEqual([]);
  expect(await replayDeadLetter(shards, unavailable, key)).toEqual({ kind: 'stored' });
  expect(await storedEvents(home.pool)).toMatchObject([{ type: 'click' }]);
  expect(await findDeadLetter(unavailable.pool, key.accountId, key.eventId)).toBeUndefined();
});
