import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { startPostgres, type PostgresOptions, type PostgresServer } from './postgres-server.ts';
import { childrenOf, isAlive } from './process-table.ts';

let dir: string;
let options: PostgresOptions;
let server: PostgresServer;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'event-platform-postgres-test-'));
  chmodSync(dir, 0o755);
  const settings = { shared_buffers: '32MB' };
  options = { dataDir: join(dir, 'data'), port: 0, durable: true, settings };
  server = await startPostgres(options);
});

afterAll(async () => {
  await server.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

async function query(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    const result = await client.query<Record<string, unknown>>({ text: sql });
    return result.rows.flatMap((row) => Object.values(row));
  } finally {
    await client.end();
  }
}

async function startAgain(): Promise<void> {
  server = await startPostgres({ ...options, port: server.port });
}

test('a new cluster is UTF-8, locale C, on loopback only, and keeps what is committed', async () => {
  expect(await query('SHOW server_encoding')).toEqual(['UTF8']);
  expect(await query('SELECT DISTINCT datcollate FROM pg_database')).toEqual(['C']);
  expect(await query('SHOW listen_addresses')).toEqual(['127.0.0.1']);
  expect(await query('SHOW unix_socket_directories')).toEqual(['']);
  expect(await query('SHOW fsync')).toEqual(['on']);
  expect(await query('SHOW synchronous_commit')).toEqual(['on']);
  expect(await query('SHOW wal_compression')).toEqual(['off']);
});

test('PostgreSQL does not run as root', () => {
  // PostgreSQL itself insists on owning its data directory.
  expect(statSync(options.dataDir).uid).not.toBe(0);
});

test('PostgreSQL killed with SIGKILL starts again on the same data and port', async () => {
  await query('CREATE TABLE kept AS SELECT 1 AS x');
  // A backend that is busy when the blow falls must not keep the data from being used again.
  const busy = query('SELECT pg_sleep(60)').catch(() => 'connection lost');
  const before = [server.pid, ...childrenOf(server.pid)];
  const { port } = server;
  await server.kill('SIGKILL');
  expect(before.filter(isAlive)).toEqual([]);
  await startAgain();
  expect(server.port).toBe(port);
  expect(await query('SELECT x FROM kept')).toEqual([1]);
  expect(await busy).toBe('connection lost');
});

test('a stopped PostgreSQL starts again on the same data and port', async () => {
  await server.stop();
  expect(isAlive(server.pid)).toBe(false);
  await startAgain();
  expect(await query('SELECT x FROM kept')).toEqual([1]);
});

test('a lock file whose pid belongs to another program does not keep PostgreSQL down', async () => {
  await server.kill('SIGKILL');
  const lockFile = join(options.dataDir, 'postmaster.pid');
  const [, ...rest] = readFileSync(lockFile, 'utf8').split('\n');
  writeFileSync(lockFile, [process.pid, ...rest].join('\n'));
  await startAgain();
  expect(await query('SELECT x FROM kept')).toEqual([1]);
});

test('a second PostgreSQL on the same data is refused', async () => {
  await expect(startPostgres(options)).rejects.toThrow(/already runs on/);
  expect(await query('SELECT x FROM kept')).toEqual([1]);
});

test('a directory that holds something else is refused and left alone', async () => {
  const start = startPostgres({ ...options, dataDir: dir });
  await expect(start).rejects.toThrow(/neither empty nor a PostgreSQL/);
  expect(existsSync(options.dataDir)).toBe(true);
});

test('a setting that PostgreSQL does not know is named with the end of the log', async () => {
  const settings = { no_such_setting: 'x' };
  const start = startPostgres({ ...options, dataDir: join(dir, 'bad'), settings });
  await expect(start).rejects.toThrow(/did not start[\s\S]*no_such_setting/);
});
