import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import {
  startOwnPostgres,
  startOwnRedis,
  type OwnServer,
} from '@event-platform/testkit/harness/own-servers';
import { migrate } from '@event-platform/core/storage/migrate';
import { runEp } from '@event-platform/testkit/client/run-ep';
import type { Finding } from './finding.ts';

let postgres: OwnServer;
let redis: OwnServer;
beforeAll(async () => {
  [postgres, redis] = await Promise.all([
    startOwnPostgres({ fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' }),
    startOwnRedis({ maxmemory: '512mb' }),
  ]);
});
afterAll(() => Promise.all([postgres.remove(), redis.remove()]));

async function doctor(...args: string[]): Promise<{ code: number; findings: Finding[] }> {
  const urls = { DATABASE_URL: postgres.url, REDIS_URL: redis.url };
  const { code, stdout } = await runEp(['doctor', '--json', ...args], urls);
  return { code, findings: JSON.parse(stdout) as Finding[] };
}

const bad = (findings: Finding[]) =>
  findings.filter(({ status }) => status !== 'ok').map(({ check }) => check);

describe('ep doctor', () => {
  test('an empty database fails on its schema alone; migrated, everything is well', async () => {
    const before = await doctor();
    expect(before.code).toBe(1);
    expect(bad(before.findings)).toEqual(['postgres schema']);
    await migrate(postgres.url);
    const after = await doctor();
    expect(bad(after.findings)).toEqual([]);
    expect(after.code).toBe(0);
  });

  test('settings that lose data are found, and the named command puts one right', async () => {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    try {
      await client.query(`ALTER DATABASE postgres SET synchronous_commit = off`);
      const { code, findings } = await doctor('--workers', '100');
      expect(code).toBe(1);
      expect(bad(findings)).toEqual(['postgres synchronous_commit', 'postgres max_connections']);
    } finally {
      await client.query(`ALTER DATABASE postgres RESET synchronous_commit`);
      await client.end();
    }
  });

  test('the pools of the pods are taken from their variables, and assumptions are reported', async () => {
    const urls = { DATABASE_URL: postgres.url, REDIS_URL: redis.url, WRITERS: '16' };
    const { stdout } = await runEp(['doctor', '--json', '--query-connections', '5'], urls);
    const found = (JSON.parse(stdout) as Finding[]).find(
      ({ check }) => check === 'postgres max_connections',
    );
    expect(found).toMatchObject({
      status: 'fail',
      found: expect.stringMatching(/2 api × 7 \+ 10 workers × 17 .*; assumed DIRECT_WRITERS 2$/),
    });
  });

  test('each server that is down is a finding of its own', async () => {
    const unavailable = [
      '--redis-url',
      'redis://127.0.0.1:1',
      '--database-url',
      'postgres://127.0.0.1:1/x',
    ];
    const { code, findings } = await doctor(...unavailable);
    expect(code).toBe(1);
    expect(bad(findings)).toEqual(['redis', 'postgres']);
  });
});
