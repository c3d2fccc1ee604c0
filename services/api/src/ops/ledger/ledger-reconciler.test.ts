import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import type pg from 'pg';
import { queueKeys } from '@event-platform/core/platform/queue-names';
import { lockLedger } from '@event-platform/core/storage/ledger/ledger-audit';
import { writeSourceCounts } from '@event-platform/core/storage/ledger/ledger-sources';
import { migrate } from '@event-platform/core/storage/migrate';
import type { Shard, ShardMap } from '@event-platform/core/storage/placement/shards';
import { createLogger } from '@event-platform/core/platform/logger';
import { TextQueue } from '@event-platform/core/queue/text-job';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { startOwnPostgres, type OwnServer } from '@event-platform/testkit/harness/own-servers';
import { testShard } from '@event-platform/testkit/harness/sample-events';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { startTestApi } from '../../testing/start-test-api.ts';
import { LedgerReconciler } from './ledger-reconciler.ts';

// Two shards: the first one is hurt, and stands in front of the second wherever they are in a row.
const corner = testRedis();
const redis = new Redis(corner.url);
const queue = new TextQueue('events', { connection: redis, prefix: corner.prefix });
const keys = queueKeys(corner.prefix, 'events');
const home = useTestStore({ max: 12 });
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
  await corner.cleanup();
  nowMs = Date.now();
  for (const { pool } of [first, second]) {
    await pool.query('TRUNCATE ledger, ledger_sources, ledger_applied, ledger_runs');
  }
});
afterAll(async () => {
  await first.pool.end();
  await server.remove();
  await queue.close();
  await redis.quit();
  await corner.cleanup();
});

/** A process's keeper: accounts live on the shard whose name they begin with. */
function newReconciler(shards = [first, second]): LedgerReconciler {
  const map: ShardMap = {
    all: shards,
    directory: second.pool,
    forAccount: (account) => (account.startsWith('first') ? first : second),
    close: () => Promise.resolve(),
  };
  const logger = createLogger('test', 'silent');
  const now = () => nowMs;
  return new LedgerReconciler({ shards: map, redis, queue, keys, logger, retentionDays: 7, now });
}

/** Lets events be accepted half an hour ago of which nobody knows any more. */
async function lose(pool: pg.Pool, accountId: string, events: number): Promise<void> {
  const minute = Math.floor(Date.now() / 60_000) - 30;
  await writeSourceCounts(pool, 'counted', [{ accountId, minute, process: 'api-1', events }]);
}

async function runsOf({ pool }: Shard): Promise<number> {
  const { rows } = await pool.query<{ serial: number }>('SELECT serial FROM ledger_runs');
  return rows[0]?.serial ?? 0;
}
const ages = (reconciler: LedgerReconciler) =>
  Object.fromEntries(
    reconciler.auditedAtMs.map(({ shard, atMs }) => [shard, Math.round((nowMs - atMs) / 60_000)]),
  );

describe('a shard that is away', () => {
  test('hides no loss on those behind it, and its own last figures stay', async () => {
    const reconciler = newReconciler();
    await lose(first.pool, 'first-a', 3);
    await reconciler.run();
    expect(reconciler.state).toMatchObject({ missing: 3 });
    await server.stop();
    try {
      await lose(second.pool, 'second-a', 5);
      nowMs += 10 * 60_000;
      await second.pool.query(`UPDATE ledger_runs SET done_at = done_at - interval '10 minutes'`);
      await reconciler.run();
      expect(reconciler.state).toMatchObject({ missing: 8 });
      expect(ages(reconciler)).toEqual({ first: 10, second: 0 });
      await expect(reconciler.reconcile([second])).resolves.toBeDefined();
      await expect(reconciler.reconcile([first, second])).rejects.toThrow();
    } finally {
      await server.start();
    }
    nowMs += 60_000;
    await reconciler.run();
    await eventually(async () => {
      await reconciler.run();
      expect(ages(reconciler)).toMatchObject({ first: 0 });
    });
  });

  test('and hangs, keeps none of the others waiting', async () => {
    const reconciler = newReconciler();
    await lose(second.pool, 'second-a', 5);
    await server.kill('SIGSTOP');
    try {
      await reconciler.run();
      expect(reconciler.state).toMatchObject({ missing: 5 });
    } finally {
      await server.kill('SIGCONT');
    }
  });

  test('leaves what Redis counted there until it has it too', async () => {
    const minute = Math.floor(Date.now() / 60_000) - 30;
    await redis.sadd(keys.acceptedMinutes, minute);
    await redis.hset(keys.accepted(minute), { 'p:first-a': 2, 'p:second-a': 4 });
    await server.stop();
    await newReconciler().run();
    expect(await redis.exists(keys.accepted(minute))).toBe(1);
    await server.start();
    await eventually(async () => {
      await home.pool.query(`UPDATE ledger_runs SET done_at = done_at - interval '1 minute'`);
      await newReconciler().run();
      expect(await redis.exists(keys.accepted(minute))).toBe(0);
    });
    const reconciler = newReconciler();
    await reconciler.reconcile([first, second]);
    expect(reconciler.state).toMatchObject({ missing: 6 });
  });
});

describe('several processes', () => {
  test('do one round between them, and all of them know what it found', async () => {
    await lose(second.pool, 'second-a', 5);
    const reconcilers = [newReconciler(), newReconciler(), newReconciler()];
    await Promise.all(reconcilers.map((reconciler) => reconciler.run()));
    await Promise.all(reconcilers.map((reconciler) => reconciler.run()));
    expect([await runsOf(first), await runsOf(second)]).toEqual([1, 1]);
    for (const reconciler of reconcilers) expect(reconciler.state).toMatchObject({ missing: 5 });
    await second.pool.query(`UPDATE ledger_runs SET done_at = done_at - interval '10 seconds'`);
    await Promise.all(reconcilers.map((reconciler) => reconciler.run()));
    expect([await runsOf(first), await runsOf(second)]).toEqual([2, 2]);
  });

  test('wait for none that is at it; who asks for a round waits for its turn', async () => {
    const reconciler = newReconciler([second]);
    const session = await home.pool.connect();
    await session.query('BEGIN');
    await lockLedger(session);
    await reconciler.run();
    expect(await runsOf(second)).toBe(0);
    const asked = reconciler.reconcile([second]);
    await session.query('COMMIT');
    session.release();
    await asked;
    expect(await runsOf(second)).toBe(1);
  });
});

test('GET /admin/ledger tells of an account whose shard is up while another is away', async () => {
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
