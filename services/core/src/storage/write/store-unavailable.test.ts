import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startOwnPostgres, type OwnServer } from '@event-platform/testkit/harness/own-servers';
import {
  eventRow,
  eventRows,
  rowsText,
  storedEvents,
  testShard,
} from '@event-platform/testkit/harness/sample-events';
import { storeBatch, StoreUnavailable } from './event-store.ts';
import { migrate } from '../migrate.ts';
import type { Shard } from '../placement/shards.ts';

let server: OwnServer;
let shard: Shard;
beforeAll(async () => {
  server = await startOwnPostgres();
  await migrate(server.url);
  shard = testShard(server.url);
});
afterAll(async () => {
  await shard.pool.end();
  await server.remove();
});

test('while PostgreSQL is stopped a batch is given back, poison and all, and nothing is dead', async () => {
  const rows = rowsText([...eventRows(5), eventRow({ type: 't'.repeat(60) })]);
  await storeBatch(shard, rowsText(eventRows(1)));
  await server.stop();
  const storing = storeBatch(shard, rows);
  await expect(storing).rejects.toThrow(StoreUnavailable);
  await expect(storing).rejects.toMatchObject({ message: 'Shard main does not take events' });
  await server.start();
  const deadLetters = await shard.pool.query('SELECT FROM dead_letters');
  expect(deadLetters.rowCount).toBe(0);
  const outcome = await storeBatch(shard, rows);
  expect(outcome.dead).toHaveLength(1);
  expect(await storedEvents(shard.pool)).toHaveLength(6);
});

test('a batch survives a PostgreSQL that is killed under it, once it is sent again', async () => {
  const rows = rowsText(eventRows(2_000, { account_id: 'killed' }));
  const storing = storeBatch(shard, rows, { attempts: 1, backoffMs: 1 }).catch(() => undefined);
  await server.kill('SIGKILL');
  await storing;
  await server.start();
  await storeBatch(shard, rows);
  const found = await shard.pool.query(`SELECT FROM events WHERE account_id = 'killed'`);
  expect(found.rowCount).toBe(2_000);
  const counted = await shard.pool.query<{ count: number }>(
    `SELECT sum(count)::bigint AS count FROM event_counts WHERE account_id = 'killed'`,
  );
  expect(counted.rows).toEqual([{ count: 2_000 }]);
});
