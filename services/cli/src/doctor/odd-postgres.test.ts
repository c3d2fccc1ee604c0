import { afterAll, beforeAll, test } from '@jest/globals';
import pg from 'pg';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/testkit/harness/test-database';
import { proveWholePath } from './testing/whole-path.ts';

/** What a DBA may have set for a database, for reasons of another program. */
const oddSettings = {
  DateStyle: 'German',
  TimeZone: 'Africa/Monrovia',
  IntervalStyle: 'sql_standard',
  bytea_output: 'escape',
  standard_conforming_strings: 'off',
  extra_float_digits: '-15',
  array_nulls: 'off',
  default_transaction_isolation: 'serializable',
  lock_timeout: '20ms',
  idle_session_timeout: '300ms',
  idle_in_transaction_session_timeout: '20ms',
  client_encoding: 'LATIN1',
};

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const name = new URL(database.url).pathname.slice(1);
  for (const [setting, value] of Object.entries(oddSettings)) {
    await client.query(`ALTER DATABASE ${name} SET ${setting} = '${value}'`);
  }
  await client.end();
});
afterAll(() => database.drop());

/** Processes are started, and they are many. */
const severalMs = 240_000;

test(
  'on a server with settings of every odd kind, events are stored, read, counted and erased',
  () => proveWholePath(database.url),
  severalMs,
);
