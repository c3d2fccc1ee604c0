import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { testShard } from '../testing/sample-events.ts';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { classifyFailure, sqlstateOf, type FailureClass } from './classify-failure.ts';
import type { Shard } from './shards.ts';

describe('what PostgreSQL itself says', () => {
  let database: TestDatabase;
  let shard: Shard;
  beforeAll(async () => {
    database = await createTestDatabase();
    shard = testShard(database.url, { statementTimeoutMs: 50 });
  });
  afterAll(async () => {
    await shard.pool.end();
    await database.drop();
  });

  const statements: [FailureClass, string, string][] = [
    ['data', '22P05', `SELECT '"\\u0000"'::jsonb`],
    ['data', '22P02', `SELECT '"\\ud800"'::jsonb`],
    ['data', '22001', `INSERT INTO event_counts VALUES ('a', now(), repeat('x', 51), 1)`],
    ['data', '22008', `SELECT '2026-02-30'::timestamptz`],
    ['data', '23502', `INSERT INTO event_counts (account_id) VALUES ('a')`],
    ['transient', '57014', 'SELECT pg_sleep(10)'],
    ['unavailable', '42P01', 'SELECT * FROM no_such_table'],
  ];
  test.each(statements)('%s: %s', async (expected, sqlstate, statement) => {
    const error: unknown = await shard.pool.query(statement).catch((failure: unknown) => failure);
    expect(sqlstateOf(error)).toBe(sqlstate);
    expect(classifyFailure(error)).toBe(expected);
  });

  test('a database that is not there is not the fault of the data', async () => {
    const client = new pg.Client({ connectionString: 'postgres://127.0.0.1:1/none' });
    const error: unknown = await client.connect().catch((failure: unknown) => failure);
    expect(sqlstateOf(error)).toBeUndefined();
    expect(classifyFailure(error)).toBe('unavailable');
  });
});

test('disturbances by others are tried again at once', () => {
  for (const code of ['40001', '40P01', '55P03'])
    expect(classifyFailure({ code })).toBe('transient');
});

test('whatever is not known to be the data is not held against it', () => {
  const others = ['53300', '53100', '57P01', '57P03', '08006', '25006', 'XX000', '42501'];
  for (const code of others) expect(classifyFailure({ code })).toBe('unavailable');
  for (const error of [undefined, null, 'text', new Error('Query read timeout'), { code: 22 }]) {
    expect(classifyFailure(error)).toBe('unavailable');
  }
});
