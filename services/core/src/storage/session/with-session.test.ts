import { beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { withSession } from './with-session.ts';

const home = useTestStore({ max: 1 });
beforeAll(async () => {
  await home.pool.query('CREATE TABLE kept (n int)');
});

const pidOf = async (session: pg.Pool | pg.PoolClient) =>
  (await session.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
const kept = async () => (await home.pool.query('SELECT FROM kept')).rowCount;

test('a refused statement takes back what was done before it, and the session goes on', async () => {
  const before = await pidOf(home.pool);
  const work = withSession(home.pool, async (session) => {
    await session.query('BEGIN');
    await session.query('INSERT INTO kept VALUES (1)');
    await session.query('SELECT 1/0');
  });
  await expect(work).rejects.toMatchObject({ code: '22012' });
  expect(await kept()).toBe(0);
  expect(await pidOf(home.pool)).toBe(before);
});

test('a session whose work broke off is closed, and nothing of it stays', async () => {
  const before = await pidOf(home.pool);
  const work = withSession(home.pool, async (session) => {
    await session.query('BEGIN');
    await session.query('INSERT INTO kept VALUES (1)');
    throw new Error('changed its mind');
  });
  await expect(work).rejects.toThrow('changed its mind');
  expect(await kept()).toBe(0);
  expect(await pidOf(home.pool)).not.toBe(before);
});

test('a session that dies between two statements fails the next one, and not the process', async () => {
  const other = new pg.Client({ connectionString: home.url });
  await other.connect();
  const work = withSession(home.pool, async (session) => {
    const hasEnded = new Promise((resolve) => session.once('end', resolve));
    await other.query('SELECT pg_terminate_backend($1)', [await pidOf(session)]);
    await hasEnded;
    await session.query('SELECT 1');
  });
  await expect(work).rejects.toThrow(/not queryable|terminat/);
  expect(await pidOf(home.pool)).toEqual(expect.any(Number));
  await other.end();
});
