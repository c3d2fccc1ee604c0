import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.ts';
import { lendSession } from './lend-session.ts';

let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 1 });
  await pool.query('CREATE TABLE kept (n int)');
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const pidOf = async (session: pg.Pool | pg.PoolClient) =>
  (await session.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
const kept = async () => (await pool.query('SELECT FROM kept')).rowCount;

test('a refused statement takes back what was done before it, and the session goes on', async () => {
  const before = await pidOf(pool);
  const work = lendSession(pool, async (session) => {
    await session.query('BEGIN');
    await session.query('INSERT INTO kept VALUES (1)');
    await session.query('SELECT 1/0');
  });
  await expect(work).rejects.toMatchObject({ code: '22012' });
  expect(await kept()).toBe(0);
  expect(await pidOf(pool)).toBe(before);
});

test('a session whose work broke off is closed, and nothing of it stays', async () => {
  const before = await pidOf(pool);
  const work = lendSession(pool, async (session) => {
    await session.query('BEGIN');
    await session.query('INSERT INTO kept VALUES (1)');
    throw new Error('changed its mind');
  });
  await expect(work).rejects.toThrow('changed its mind');
  expect(await kept()).toBe(0);
  expect(await pidOf(pool)).not.toBe(before);
});

test('a session that dies between two statements fails the next one, and not the process', async () => {
  const other = new pg.Client({ connectionString: database.url });
  await other.connect();
  const work = lendSession(pool, async (session) => {
    const died = new Promise((resolve) => session.once('end', resolve));
    await other.query('SELECT pg_terminate_backend($1)', [await pidOf(session)]);
    await died;
    await session.query('SELECT 1');
  });
  await expect(work).rejects.toThrow(/not queryable|terminat/);
  expect(await pidOf(pool)).toEqual(expect.any(Number));
  await other.end();
});
