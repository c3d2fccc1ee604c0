import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { testShard } from '@event-platform/testkit/harness/sample-events';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/testkit/harness/test-database';
import { retryRules, ruleFor, sqlstateOf, type RetryRule } from './retry-policy.ts';
import type { Shard } from '../placement/shards.ts';

type Answers = Pick<RetryRule, 'first' | 'later' | 'alone'>;
const data: Answers = { first: 'bisect', later: 'bisect', alone: 'dead' };
const suspected: Answers = { first: 'hold', later: 'bisect', alone: 'dead' };
const tooSlow: Answers = { first: 'retry now', later: 'bisect', alone: 'hold' };
const disturbed: Answers = { first: 'retry now', later: 'hold', alone: 'hold' };
const unavailable: Answers = { first: 'hold', later: 'hold', alone: 'hold' };

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

  const raise = (state: string) => `DO $$ BEGIN RAISE SQLSTATE '${state}'; END $$`;
  const statements: [string, Answers, string][] = [
    ['22P05', data, `SELECT '"\\u0000"'::jsonb`],
    ['22P02', data, `SELECT '"\\ud800"'::jsonb`],
    ['22001', data, `INSERT INTO event_counts VALUES ('a', now(), repeat('x', 51), 1)`],
    ['22008', data, `SELECT '2026-02-30'::timestamptz`],
    ['23502', data, `INSERT INTO event_counts (account_id) VALUES ('a')`],
    ['54000', data, raise('54000')],
    ['57014', tooSlow, 'SELECT pg_sleep(10)'],
    ['42P01', suspected, 'SELECT * FROM no_such_table'],
    ['P0001', suspected, `DO $$ BEGIN RAISE 'no'; END $$`],
    ['XX000', suspected, raise('XX000')],
    ['40001', disturbed, raise('40001')],
    ['40P01', disturbed, raise('40P01')],
    ['55P03', disturbed, raise('55P03')],
    ['57P01', disturbed, 'SELECT pg_terminate_backend(pg_backend_pid())'],
    ['08006', disturbed, raise('08006')],
    ['53100', unavailable, raise('53100')],
    ['53300', unavailable, raise('53300')],
    ['57P03', unavailable, raise('57P03')],
    ['25006', unavailable, 'BEGIN READ ONLY; CREATE TABLE t ()'],
    ['XX001', unavailable, raise('XX001')],
  ];
  test.each(statements)('%s: %j', async (sqlstate, answers, statement) => {
    const error: unknown = await shard.pool.query(statement).catch((failure: unknown) => failure);
    expect(sqlstateOf(error)).toBe(sqlstate);
    expect(ruleFor(error)).toMatchObject(answers);
  });

  test('a pool without a free connection is tried later, not at once', async () => {
    const { pool } = testShard(database.url, { max: 1 });
    const only = await pool.connect();
    const error: unknown = await pool.connect().catch((failure: unknown) => failure);
    only.release();
    await pool.end();
    expect(error).toMatchObject({ message: 'timeout exceeded when trying to connect' });
    expect(ruleFor(error)).toMatchObject(unavailable);
  });
});

describe('what the network says', () => {
  test('a server that is not there is waited for', async () => {
    for (const url of ['postgres://127.0.0.1:1/none', 'postgres://no-such-host.invalid/none']) {
      const client = new pg.Client({ connectionString: url });
      const error: unknown = await client.connect().catch((failure: unknown) => failure);
      expect(sqlstateOf(error)).toBeUndefined();
      expect(ruleFor(error)).toMatchObject(unavailable);
    }
  });

  const failure = (code: string) => Object.assign(new Error(`write ${code}`), { code });
  test.each(['ECONNRESET', 'EPIPE'])('%s: another connection may do', (code) => {
    expect(ruleFor(failure(code))).toMatchObject(disturbed);
  });
  test.each(['ECONNREFUSED', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'])('%s: later', (code) => {
    expect(ruleFor(failure(code))).toMatchObject(unavailable);
  });
  test.each([
    ['Connection terminated unexpectedly', disturbed],
    ['Connection terminated', disturbed],
    ['Connection terminated due to connection timeout', unavailable],
    ['Query read timeout', unavailable],
  ])('%s: %j', (message, answers) => {
    expect(ruleFor(new Error(message))).toMatchObject(answers);
  });

  test('a code of five characters is not a SQLSTATE for that reason alone', () => {
    expect(sqlstateOf(failure('EPIPE'))).toBeUndefined();
  });
});

test('an unknown error is never the fault of an event', () => {
  for (const error of [undefined, null, 'text', { code: 22 }, new TypeError('x is undefined')]) {
    expect(ruleFor(error)).toMatchObject(unavailable);
  }
});

test('each SQLSTATE and each error of the client is named once', () => {
  for (const field of ['sqlstates', 'clientErrors'] as const) {
    const names = retryRules.flatMap((rule) => rule[field]);
    expect(names.toSorted()).toEqual([...new Set(names)].toSorted());
  }
});
