import { execFileSync } from 'node:child_process';
import { chownSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { LedgerHarness } from './testing/ledger-harness.ts';

// The drill of docs/backup.md: a server is lost, its backup is restored, and clients send again.

let harness: LedgerHarness;
let copies: string[];

beforeEach(async () => {
  copies = [];
  harness = await LedgerHarness.start();
});
afterEach(async () => {
  await harness.close();
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
});

const copyDir = (from: string, to: string) => execFileSync('cp', ['-a', `${from}/.`, to]);

/** A base backup while the server works: PostgreSQL, "Making a Base Backup Using the Low Level API". */
async function backUpPostgres(): Promise<{ dataDir: string; copy: string }> {
  const session = new pg.Client({ connectionString: harness.postgres.url });
  await session.connect();
  const { rows: settings } = await session.query<{ data_directory: string }>('SHOW data_directory');
  const dataDir = settings[0]?.data_directory ?? '';
  const copy = `${dataDir}-backup`;
  copies.push(copy);
  await session.query(`SELECT pg_backup_start('drill', true)`);
  execFileSync('cp', ['-a', dataDir, copy]);
  const { rows } = await session.query<{ labelfile: string }>(
    'SELECT * FROM pg_backup_stop(false)',
  );
  // Without an archive the log of the meantime has to come from the server.
  copyDir(`${dataDir}/pg_wal`, `${copy}/pg_wal`);
  writeFileSync(`${copy}/backup_label`, rows[0]?.labelfile ?? '');
  // As root, the server runs under another account.
  const { uid, gid } = statSync(copy);
  chownSync(`${copy}/backup_label`, uid, gid);
  rmSync(`${copy}/postmaster.pid`, { force: true });
  await session.end();
  return { dataDir, copy };
}

async function restorePostgres({ dataDir, copy }: { dataDir: string; copy: string }) {
  await harness.postgres.kill('SIGKILL');
  rmSync(dataDir, { recursive: true });
  execFileSync('cp', ['-a', copy, dataDir]);
  await harness.postgres.start();
}

const idsOf = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `drill-${from + index}`);

test('PostgreSQL from a backup: the ledger names what came after it, and a second sending stores that once', async () => {
  harness.startWorker();
  await eventually(() => harness.postIds('drill', idsOf(0, 5)));
  await harness.settled('drill');
  const backup = await backUpPostgres();
  await harness.postIds('drill', idsOf(5, 12));
  expect(await harness.settled('drill')).toMatchObject({ accepted: 12, stored: 12, missing: 0 });

  await restorePostgres(backup);
  await eventually(async () => expect(await harness.storedOf('drill')).toBe(5));
  await harness.letHoursPass(1);
  await eventually(async () => {
    const { totals } = await harness.read('drill');
    expect(totals).toMatchObject({ accepted: 12, stored: 5, missing: 7, excess: 0 });
  });

  await eventually(() => harness.postIds('drill', idsOf(0, 12)));
  await eventually(async () => expect(await harness.storedOf('drill')).toBe(12));
  const { totals } = await harness.read('drill');
  expect(totals).toMatchObject({ accepted: 24, stored: 12, missing: 7, excess: 0 });
}, 120_000);

test('Redis from an older copy: jobs that are stored come again, and nothing is stored twice', async () => {
  await eventually(() => harness.postIds('again', idsOf(0, 6)));
  await harness.counted('again', 6);
  const client = new Redis(harness.redis.url);
  // What a snapshot from before the worker took the jobs brings back.
  const keys = await client.keys('{ep}:*');
  const dumps = await Promise.all(keys.map((key) => client.dumpBuffer(key)));
  harness.startWorker();
  await harness.settled('again');
  expect(await harness.storedOf('again')).toBe(6);
  await client.flushall();
  await Promise.all(
    keys.map((key, at) => client.restore(key, 0, dumps[at] ?? Buffer.alloc(0), 'REPLACE')),
  );
  await client.quit();
  await eventually(async () => {
    const { totals } = await harness.read('again');
    expect(totals).toMatchObject({ accepted: 6, stored: 6, pending: 0, missing: 0, excess: 0 });
  });
  expect(await harness.storedOf('again')).toBe(6);
}, 120_000);
