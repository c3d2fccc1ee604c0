import { afterEach, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { startOwnPostgres, startOwnRedis, type OwnServer } from './own-servers.ts';

let server: OwnServer | undefined;

afterEach(async () => {
  await server?.remove();
  server = undefined;
});

async function answersWithin(url: string, timeoutMs: number): Promise<boolean> {
  const redis = new Redis(url, { commandTimeout: timeoutMs, maxRetriesPerRequest: 0 });
  redis.on('error', () => undefined);
  try {
    await redis.ping();
    return true;
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}

test('an own Redis hangs, goes on, dies and comes back on the same port with its data', async () => {
  server = await startOwnRedis();
  const { url } = server;
  await server.kill('SIGSTOP');
  expect(await answersWithin(url, 200)).toBe(false);
  await server.kill('SIGCONT');
  expect(await answersWithin(url, 5_000)).toBe(true);
  await server.kill('SIGKILL');
  expect(await answersWithin(url, 200)).toBe(false);
  await server.start();
  expect(server.url).toBe(url);
  expect(await answersWithin(url, 5_000)).toBe(true);
});

test('an own PostgreSQL hangs with its backends, goes on, dies and comes back on the same port', async () => {
  server = await startOwnPostgres();
  const { url } = server;
  const client = new pg.Client({ connectionString: url, query_timeout: 200 });
  await client.connect();
  client.on('error', () => undefined);
  await server.kill('SIGSTOP');
  await expect(client.query('SELECT 1')).rejects.toThrow(/timeout/);
  await server.kill('SIGCONT');
  await server.kill('SIGKILL');
  await server.start();
  expect(server.url).toBe(url);
  const second = new pg.Client({ connectionString: url });
  await second.connect();
  expect((await second.query('SELECT 1 AS x')).rows).toEqual([{ x: 1 }]);
  await second.end();
  await client.end();
});
