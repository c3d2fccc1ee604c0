import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { EventRow } from '../contracts/event.ts';
import { eventRow, testShard } from '../testing/sample-events.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import type { DeadLetterFilter } from './dead-letter-filter.ts';
import { eachDeadLetter } from './dead-letter-list.ts';
import { buryEvent } from './dead-letters.ts';
import type { Shard } from './shards.ts';

let database: TestDatabase;
let pool: Shard['pool'];
beforeAll(async () => {
  database = await createTestDatabase();
  pool = testShard(database.url).pool;
  const bury = (changes: Partial<EventRow>, reason: string, sqlstate?: string) =>
    buryEvent(pool, eventRow(changes), { reason, sqlstate, message: '', attempts: 1 });
  const tricky = { t: 'say "hi"', u: '","t":"fake"', m: { t: 'click' } };
  await bury({ e: 'quoted', ...tricky }, 'attempts_exhausted');
  await bury({ e: 'refused', t: 'click' }, 'data_error', '22001');
  await bury({ a: 'other', e: 'old', t: 'click' }, 'data_error', '22P05');
  await pool.query(`UPDATE dead_letters SET died_at = '2013-02-01Z' WHERE event_id = 'old'`);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

async function meant(filter: Omit<DeadLetterFilter, 'isDiscarded'>): Promise<string[]> {
  const ids: string[] = [];
  for await (const letter of eachDeadLetter(pool, { ...filter, isDiscarded: false })) {
    ids.push(letter.eventId);
  }
  return ids;
}

test('letters are chosen by each property, and all that are given must fit', async () => {
  expect(await meant({})).toEqual(['quoted', 'refused', 'old']);
  expect(await meant({ accountId: 'other' })).toEqual(['old']);
  expect(await meant({ reason: 'data_error' })).toEqual(['refused', 'old']);
  expect(await meant({ sqlstate: '22001' })).toEqual(['refused']);
  const middle = new Date('2013-02-02Z');
  expect(await meant({ since: middle })).toEqual(['quoted', 'refused']);
  expect(await meant({ until: middle })).toEqual(['old']);
  expect(await meant({ type: 'click', since: middle })).toEqual(['refused']);
});

test('the type is the event’s own, whatever else is written like it', async () => {
  expect(await meant({ type: 'say "hi"' })).toEqual(['quoted']);
  expect(await meant({ type: 'fake' })).toEqual([]);
  expect(await meant({ type: 'click' })).toEqual(['refused', 'old']);
});
