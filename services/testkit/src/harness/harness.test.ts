import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from './test-database.ts';
import { testRedis } from './test-redis.ts';

let databases: TestDatabase[];

beforeAll(async () => {
  databases = await Promise.all([createTestDatabase(), createTestDatabase()]);
});

afterAll(async () => {
  await Promise.all(databases.map((database) => database.drop()));
});

async function inDatabase<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

test('a test database is migrated and empty, and no other test sees what is written to it', async () => {
  const [mine, other] = databases.map(({ url }) => url) as [string, string];
  const count = 'SELECT count(*)::int AS n FROM events';
  await inDatabase(mine, async (client) => {
    expect((await client.query<{ n: number }>(count)).rows).toEqual([{ n: 0 }]);
    await client.query('CREATE TABLE only_here ()');
  });
  await inDatabase(other, async (client) => {
    await expect(client.query('SELECT FROM only_here')).rejects.toThrow(/does not exist/);
  });
});

test('a database is dropped while somebody is connected to it', async () => {
  const doomed = await createTestDatabase();
  await inDatabase(doomed.url, async (client) => {
    client.on('error', () => undefined);
    await doomed.drop();
    await expect(client.query('SELECT 1')).rejects.toThrow();
  }).catch(() => undefined);
  await expect(inDatabase(doomed.url, (client) => client.query('SELECT 1'))).rejects.toThrow(
    /does not exist/,
  );
});

test('cleaning up deletes the keys of one prefix and of no other', async () => {
  const [mine, other] = [testRedis(), testRedis()];
  const redis = new Redis(mine.url);
  await redis.mset(`${mine.prefix}:a`, '1', `${mine.prefix}:b`, '1', `${other.prefix}:a`, '1');
  await mine.cleanup();
  expect(await redis.exists(`${mine.prefix}:a`, `${mine.prefix}:b`)).toBe(0);
  expect(await redis.exists(`${other.prefix}:a`)).toBe(1);
  await other.cleanup();
  await redis.quit();
});
