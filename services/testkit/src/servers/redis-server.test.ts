import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { freePort, isPortFree } from './free-port.ts';
import { isAlive } from './process-table.ts';
import { startRedis, type RedisOptions, type RedisServer } from './redis-server.ts';

let dir: string;
let options: RedisOptions;
let server: RedisServer;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'event-platform-redis-test-'));
  options = { dataDir: join(dir, 'data'), port: 0, appendonly: true, maxmemory: '64mb' };
  server = await startRedis(options);
});

afterAll(async () => {
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function withClient<T>(use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(server.url);
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

test('Redis evicts nothing, takes no snapshots, and listens on loopback only', async () => {
  const settings = await withClient((redis) =>
    redis.config('GET', 'maxmemory*', 'save', 'bind', 'append*'),
  );
  const pairs = Object.fromEntries(
    (settings as string[]).flatMap((name, at, all) => (at % 2 === 0 ? [[name, all[at + 1]]] : [])),
  );
  expect(pairs).toMatchObject({
    maxmemory: String(64 * 1024 * 1024),
    'maxmemory-policy': 'noeviction',
    save: '',
    bind: '127.0.0.1',
    appendonly: 'yes',
    appendfsync: 'everysec',
  });
});

test('Redis killed with SIGKILL starts again on the same port with the same data', async () => {
  await withClient((redis) => redis.set('kept', 'x'));
  const { port, pid } = server;
  await server.kill('SIGKILL');
  expect(isAlive(pid)).toBe(false);
  server = await startRedis({ ...options, port });
  expect(server.port).toBe(port);
  expect(await withClient((redis) => redis.get('kept'))).toBe('x');
});

test('a port that is taken is named with the end of the log', async () => {
  const start = startRedis({ ...options, dataDir: join(dir, 'second'), port: server.port });
  await expect(start).rejects.toThrow(/did not start[\s\S]*Address already in use/);
});

test('a free port is the one that was asked for, or another when that is taken', async () => {
  expect(await isPortFree(server.port)).toBe(false);
  expect(await freePort(server.port)).not.toBe(server.port);
  const free = await freePort();
  expect(await freePort(free)).toBe(free);
});
