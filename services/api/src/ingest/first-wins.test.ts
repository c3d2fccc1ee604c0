import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type pg from 'pg';
import { freePort } from '@event-platform/testkit/servers/free-port';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/testkit/harness/test-database';
import { storedEvents, testShard } from '@event-platform/testkit/harness/sample-events';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';

// Redis is unavailable: what is written directly follows the same rule as what a worker writes.
let database: TestDatabase;
let api: TestApi;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  api = await startTestApi({
    DATABASE_URL: database.url,
    REDIS_URL: `redis://127.0.0.1:${await freePort()}`,
  });
  ({ pool } = testShard(database.url));
});
afterAll(async () => {
  await api.stop();
  await pool.end();
  await database.drop();
});

test('of two events of one id in a request that is written directly the first is stored', async () => {
  const pairs = 200;
  const events = Array.from({ length: 2 * pairs }, (_, at) => ({
    event_id: `pair-${at % pairs}`,
    account_id: 'acme',
    user_id: 'u',
    type: 't',
    metadata: { place: at < pairs ? 0 : 1 },
  }));
  const answer = await fetch(`${api.url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(events),
  });
  expect(await answer.json()).toMatchObject({ accepted: 2 * pairs });
  const stored = await storedEvents(pool);
  expect(stored.map(({ metadata }) => metadata)).toEqual(
    Array.from({ length: pairs }, () => ({ place: 0 })),
  );
});
