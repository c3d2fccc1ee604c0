import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { migrate } from '@event-platform/core/storage/migrate';
import { readHarnessEnv } from '@event-platform/testkit/harness/harness-env';
import {
  findPgBouncer,
  startPgBouncer,
  type PgBouncer,
} from '@event-platform/testkit/harness/start-pgbouncer';
import { runEp } from '@event-platform/testkit/client/run-ep';
import { proveWholePath } from './testing/whole-path.ts';

const program = findPgBouncer();
/** Processes are started, and they are many. */
const severalMs = 240_000;

// Debian has it; elsewhere, or without root, it must be installed before the tests.
const where = program === undefined ? describe.skip : describe;

where.each(['transaction', 'session'])('behind PgBouncer in %s mode, as it comes', (poolMode) => {
  const { postgresUrl } = readHarnessEnv();
  const name = `pooled_${randomBytes(6).toString('hex')}`;
  let admin: pg.Client;
  let bouncer: PgBouncer;
  beforeAll(async () => {
    admin = new pg.Client({ connectionString: postgresUrl });
    await admin.connect();
    await admin.query(`CREATE DATABASE ${name}`);
    // What PgBouncer carries along must win over the database here too.
    await admin.query(`ALTER DATABASE ${name} SET DateStyle = 'German'`);
    await admin.query(`ALTER DATABASE ${name} SET TimeZone = 'Africa/Monrovia'`);
    const url = new URL(postgresUrl);
    url.pathname = name;
    bouncer = await startPgBouncer(program ?? '', url.href, {
      pool_mode: poolMode,
      // Fewer sessions than the processes have connections, where they need not have one each.
      default_pool_size: poolMode === 'transaction' ? '3' : '60',
    });
  });
  afterAll(async () => {
    await bouncer.stop();
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.end();
  });

  test('four migrations at once take turns and leave no lock behind', async () => {
    await Promise.all(Array.from({ length: 4 }, () => migrate(bouncer.url)));
    const locks = `SELECT FROM pg_locks WHERE locktype = 'advisory'`;
    expect((await admin.query(locks)).rowCount).toBe(0);
    await migrate(bouncer.url);
  });

  test('events are stored, read, counted and erased', () => proveWholePath(bouncer.url), severalMs);

  test('`ep doctor` sees it, and says what the role is to set', async () => {
    const env = { DATABASE_URL: bouncer.url, REDIS_URL: readHarnessEnv().redisUrl };
    const { stdout } = await runEp(['doctor', '--json'], env);
    expect(JSON.parse(stdout)).toContainEqual({
      check: 'postgres pooler',
      status: 'warn',
      found: expect.stringMatching(/PgBouncer/),
      change: expect.stringMatching(/^ALTER ROLE "postgres" SET statement_timeout = '10s';/),
    });
  });
});
