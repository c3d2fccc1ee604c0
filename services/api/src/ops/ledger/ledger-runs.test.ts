import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { lockLedger, type Audit } from '@event-platform/core/storage/ledger/ledger-audit';
import { writeLedgerRun } from '@event-platform/core/storage/ledger/ledger-runs';
import { migrate } from '@event-platform/core/storage/migrate';
import type { Shard } from '@event-platform/core/storage/placement/shards';
import { createLogger } from '@event-platform/core/platform/logger';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { startOwnPostgres, type OwnServer } from '@event-platform/testkit/harness/own-servers';
import { testShard } from '@event-platform/testkit/harness/sample-events';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { startTestApi } from '../../testing/start-test-api.ts';
import { LedgerRuns } from './ledger-runs.ts';

const home = useTestStore({ max: 12 });
const nothing: Audit = { missing: 0, excess: 0, pending: 0, oldestPending: null };
let server: OwnServer;
let first: Shard;
let second: Shard;
let nowMs: number;

beforeAll(async () => {
  server = await startOwnPostgres();
  await migrate(server.url);
  first = testShard(server.url, { name: 'first', statementTimeoutMs: 2_000 });
  second = { name: 'second', pool: home.pool };
});
beforeEach(async () => {
  nowMs = Date.now();
  for (const { pool } of [first, second]) await pool.query('TRUNCATE ledger_runs');
});
afterAll(async () => {
  await first.pool.end();
  await server.remove();
});

function newRuns(): LedgerRuns {
  const logger = createLogger('test', 'silent');
  return new LedgerRuns({ shards: { all: [first, second] }, logger, now: () => nowMs });
}

const agesInMinutes = (runs: LedgerRuns) =>
  Object.fromEntries(
    runs.auditedAtMs.map(({ shard, atMs }) => [shard, Math.round((nowMs - atMs) / 60_000)]),
  );

test('the results of all shards are added up; before the first run there is none', async () => {
  const runs = newRuns();
  await runs.read();
  expect(runs.state).toBeUndefined();
  const oldestPending = new Date('2026-11-01T12:00:00Z');
  await writeLedgerRun(first.pool, { ...nothing, missing: 3, pending: 1, oldestPending }, true);
  await writeLedgerRun(second.pool, { ...nothing, missing: 5, excess: 2 }, true);
  await runs.read();
  expect(runs.state).toEqual({ missing: 8, excess: 2, pending: 1, oldestPending });
});

test('a shard that is down keeps its last result, while its age grows', async () => {
  await writeLedgerRun(first.pool, { ...nothing, missing: 3 }, true);
  const runs = newRuns();
  await runs.read();
  await server.stop();
  try {
    nowMs += 10 * 60_000;
    await writeLedgerRun(second.pool, { ...nothing, missing: 5 }, true);
    await runs.read();
    expect(runs.state).toMatchObject({ missing: 8 });
    expect(agesInMinutes(runs)).toEqual({ first: 10, second: 0 });
  } finally {
    await server.start();
  }
});

test('a shard that hangs does not delay the others', async () => {
  await writeLedgerRun(second.pool, { ...nothing, missing: 5 }, true);
  await server.kill('SIGSTOP');
  try {
    const runs = newRuns();
    await runs.read();
    expect(runs.state).toMatchObject({ missing: 5 });
  } finally {
    await server.kill('SIGCONT');
  }
});

test('a run that did not see the queue leaves the age as it is', async () => {
  await writeLedgerRun(second.pool, nothing, true);
  await second.pool.query(`UPDATE ledger_runs SET whole_at = whole_at - interval '7 minutes'`);
  await writeLedgerRun(second.pool, nothing, false);
  const runs = newRuns();
  await runs.read();
  expect(agesInMinutes(runs)).toMatchObject({ second: 7 });
});

test('GET /admin/ledger reports an account whose shard is up while another is down', async () => {
  const shards = JSON.stringify({
    shards: { first: server.url, second: home.url },
    accounts: { one: 'first', two: 'second' },
  });
  const api = await startTestApi({ DATABASE_URL: home.url, DATABASE_SHARDS: shards });
  const statusOf = async (query: string) => (await fetch(`${api.url}/admin/ledger${query}`)).status;
  await server.stop();
  expect(await statusOf('?account=two')).toBe(200);
  expect(await statusOf('?account=one')).toBe(503);
  expect(await statusOf('')).toBe(503);
  await server.start();
  await api.stop();
});

test('GET /admin/ledger waits for a run of the maintainer in progress, and then reconciles', async () => {
  const api = await startTestApi({ DATABASE_URL: home.url });
  const session = await home.pool.connect();
  await session.query('BEGIN');
  await lockLedger(session);
  const response = fetch(`${api.url}/admin/ledger`);
  await eventually(async () => {
    const { rows } = await home.pool.query<{ waiting: boolean }>(
      `SELECT count(*) > 0 AS waiting FROM pg_locks
       WHERE locktype = 'advisory' AND NOT granted
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    expect(rows).toEqual([{ waiting: true }]);
  });
  await session.query('COMMIT');
  session.release();
  expect((await response).status).toBe(200);
  expect((await home.pool.query('SELECT FROM ledger_runs')).rowCount).toBe(1);
  await api.stop();
});
