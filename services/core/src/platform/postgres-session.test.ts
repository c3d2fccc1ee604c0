import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import pg from 'pg';
import { migrate } from '../storage/migrate.ts';
import { readHarnessEnv } from '@event-platform/testkit/harness/harness-env';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/testkit/harness/test-database';
import { createLogger, type Logger } from './logger.ts';
import { createPool, openClient } from './postgres.ts';

/** What our statements rely on, and what a database may have set instead. */
const reliedOn: [setting: string, own: string, odd: string][] = [
  ['DateStyle', 'ISO, MDY', 'German'],
  ['TimeZone', 'UTC', 'Africa/Monrovia'],
  ['IntervalStyle', 'postgres', 'sql_standard'],
  ['bytea_output', 'hex', 'escape'],
  ['standard_conforming_strings', 'on', 'off'],
  ['extra_float_digits', '1', '-15'],
  ['array_nulls', 'on', 'off'],
  ['default_transaction_isolation', 'read committed', 'serializable'],
  ['client_encoding', 'UTF8', 'LATIN1'],
  ['lock_timeout', '0', '900ms'],
  ['transaction_timeout', '0', '900ms'],
  ['idle_session_timeout', '0', '900ms'],
  ['idle_in_transaction_session_timeout', '10s', '900ms'],
  ['statement_timeout', '7s', '900ms'],
];

/** What somebody may have set on purpose. */
const respected: [setting: string, theirs: string][] = [
  ['search_path', 'app'],
  ['default_transaction_read_only', 'on'],
  ['synchronous_commit', 'local'],
  ['jit', 'off'],
];

const { postgresUrl } = readHarnessEnv();
const silent = createLogger('test', 'silent');
let admin: pg.Client;
let database: TestDatabase;
let name: string;
beforeAll(async () => {
  admin = new pg.Client({ connectionString: postgresUrl });
  await admin.connect();
  database = await createTestDatabase();
  name = new URL(database.url).pathname.slice(1);
  const odd = [...reliedOn.map(([setting, , value]) => [setting, value] as const), ...respected];
  for (const [setting, value] of odd) {
    await admin.query(`ALTER DATABASE ${name} SET ${setting} = '${value}'`);
  }
});
afterAll(async () => {
  await database.drop();
  await admin.end();
});

function poolAt(url: string, logger: Logger = silent): pg.Pool {
  const settings = { url, max: 2, statementTimeoutMs: 7_000, applicationName: 'test' };
  return createPool(settings, logger);
}

async function shown(
  database: Pick<pg.Pool, 'query'>,
  settings: string[],
): Promise<Record<string, string>> {
  const { rows } = await database.query<{ name: string; value: string }>(
    'SELECT name, current_setting(name) AS value FROM unnest($1::text[]) AS name',
    [settings],
  );
  return Object.fromEntries(rows.map((row) => [row.name, row.value]));
}

describe('a session of a database with odd settings', () => {
  const own = Object.fromEntries(reliedOn.map(([setting, value]) => [setting, value]));

  test('has the values that statements rely on, in each session of a pool', async () => {
    const pool = poolAt(database.url);
    const sessions = [await pool.connect(), await pool.connect()];
    for (const session of sessions) {
      expect(await shown(session, Object.keys(own))).toEqual(own);
      session.release();
    }
    await pool.end();
  });

  test('has them although the URL sets options of its own', async () => {
    const url = `${database.url}?options=-c%20datestyle%3DSQL%20-c%20work_mem%3D8MB&statement_timeout=900`;
    const pool = poolAt(url);
    const found = await shown(pool, [...Object.keys(own), 'work_mem']);
    expect(found).toEqual({ ...own, work_mem: '8MB' });
    await pool.end();
  });

  test('has theirs where somebody may mean it', async () => {
    const pool = poolAt(database.url);
    const theirs = Object.fromEntries(respected);
    expect(await shown(pool, Object.keys(theirs))).toEqual(theirs);
    await pool.end();
  });

  test('has them as a single session beside the pools too', async () => {
    const { client } = await openClient({
      ...{ url: database.url, applicationName: 'test' },
      ...{ connectTimeoutMs: 5_000, statementTimeoutMs: 7_000, idleInTransactionMs: 10_000 },
    });
    expect(await shown(client, Object.keys(own))).toEqual(own);
    await client.end();
  });
});

test('that COMMITs are not waited for is said once, as a warning', async () => {
  let log = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log += chunk.toString();
      done();
    },
  });
  const other = await createTestDatabase();
  const otherName = new URL(other.url).pathname.slice(1);
  await admin.query(`ALTER DATABASE ${otherName} SET synchronous_commit = off`);
  const pool = poolAt(other.url, createLogger('test', 'info', stream));
  await Promise.all([pool.query('SELECT pg_sleep(0.1)'), pool.query('SELECT pg_sleep(0.1)')]);
  expect(log.match(/synchronous_commit is off/g)).toHaveLength(1);
  await pool.end();
  await other.drop();
});

test('a migration takes its time, and its place in search_path, whatever the database limits', async () => {
  const place = `placed_${randomBytes(6).toString('hex')}`;
  await admin.query(`CREATE DATABASE ${place}`);
  const url = new URL(postgresUrl);
  url.pathname = place;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  await client.query('CREATE SCHEMA app');
  for (const [setting, value] of [
    ['search_path', 'app'],
    ['lock_timeout', '10ms'],
    ['statement_timeout', '50ms'],
    ['idle_in_transaction_session_timeout', '10ms'],
  ]) {
    await client.query(`ALTER DATABASE ${place} SET ${setting} = '${value}'`);
  }
  // Longer than any of these.
  await client.query('BEGIN; SELECT pg_advisory_xact_lock(7203114)');
  const migrated = migrate(url.href);
  await client.query('SELECT pg_sleep(0.3); COMMIT');
  await migrated;
  const { rows } = await client.query(`SELECT to_regclass('app.events') AS found`);
  expect(rows).toEqual([{ found: expect.stringMatching(/events/) }]);
  await client.end();
  await admin.query(`DROP DATABASE ${place} WITH (FORCE)`);
});
