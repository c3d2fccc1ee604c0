import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import type pg from 'pg';
import { queueKeys } from '@event-platform/core/platform/queue-names';
import { createLogger } from '@event-platform/core/platform/logger';
import { TextQueue } from '@event-platform/core/queue/text-job';
import { lockLedger } from '@event-platform/core/storage/ledger/ledger-audit';
import { readLedgerRun, type LedgerRun } from '@event-platform/core/storage/ledger/ledger-runs';
import { writeSourceCounts } from '@event-platform/core/storage/ledger/ledger-sources';
import { migrate } from '@event-platform/core/storage/migrate';
import type { Shard, ShardMap } from '@event-platform/core/storage/placement/shards';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { startOwnPostgres, type OwnServer } from '@event-platform/testkit/harness/own-servers';
import { testShard } from '@event-platform/testkit/harness/sample-events';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { useTestStore } from '@event-platform/testkit/harness/use-test-store';
import { LedgerReconciler } from './ledger-reconciler.ts';

// Two shards: the first one fails, and comes before the second in every list.
const corner = testRedis();
const redis = new Redis(corner.url);
const queue = new TextQueue('events', { connection: redis, prefix: corner.prefix });
const keys = queueKeys(corner.prefix, 'events');
const home = useTestStore({ max: 12 });
let server: OwnServer;
let first: Shard;
let second: Shard;

beforeAll(async () => {
  server = await startOwnPostgres();
  await migrate(server.url);
  first = testShard(server.url, { name: 'first', statementTimeoutMs: 2_000 });
  second = { name: 'second', pool: home.pool };
});
beforeEach(async () => {
  await corner.cleanup();
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

/** The reconciler of one process. Accounts are on the shard whose name they begin with. */
function newReconciler(shards = [first, second]): LedgerReconciler {
  const map: ShardMap = {
    all: shards,
    directory: second.pool,
    forAccount: (account) => (account.startsWith('first') ? first : second),
    close: () => Promise.resolve(),
  };
  const logger = createLogger('test', 'silent');
  const everyMs = 10_000;
  return new LedgerReconciler({ shards: map, redis, queue, keys, logger, everyMs, now: Date.now });
}

/** Accepts events half an hour ago that are neither stored nor in the queue. */
async function lose(pool: pg.Pool, accountId: string, events: number): Promise<void> {
  const minute = Math.floor(Date.now() / 60_000) - 30;
  await writeSourceCounts(pool, 'counted', [{ accountId, minute, process: 'api-1', events }]);
}

const lastRun = ({ pool }: Shard): Promise<LedgerRun | undefined> => readLedgerRun(pool);
const runsOf = async (shard: Shard) => (await lastRun(shard))?.serial ?? 0;
const makeDue = ({ pool }: Shard) =>
  pool.query(`UPDATE ledger_runs SET done_at = done_at - interval '10 seconds'`);

describe('a shard that is down', () => {
  test('hides no loss on the shards after it', async () => {
    const reconciler = newReconciler();
    await server.stop();
    try {
      await lose(second.pool, 'second-a', 5);
      expect(await reconciler.run()).toBe(false);
      expect(await lastRun(second)).toMatchObject({ missing: 5 });
    } finally {
      await server.start();
    }
    await makeDue(second);
    await eventually(async () => {
      await reconciler.run();
      expect(await runsOf(first)).toBe(1);
    });
  });

  test('and hangs, delays none of the others', async () => {
    await lose(second.pool, 'second-a', 5);
    await server.kill('SIGSTOP');
    try {
      expect(await newReconciler().run()).toBe(false);
      expect(await lastRun(second)).toMatchObject({ missing: 5 });
    } finally {
      await server.kill('SIGCONT');
    }
  });

  test('keeps its accepted counts in Redis until it has taken them over', async () => {
    const minute = Math.floor(Date.now() / 60_000) - 30;
    await redis.sadd(keys.acceptedMinutes, minute);
    await redis.hset(keys.accepted(minute), { 'p:first-a': 2, 'p:second-a': 4 });
    await server.stop();
    await newReconciler().run();
    expect(await redis.exists(keys.accepted(minute))).toBe(1);
    await server.start();
    await eventually(async () => {
      await makeDue(second);
      await newReconciler().run();
      expect(await redis.exists(keys.accepted(minute))).toBe(0);
    });
    for (const shard of [first, second]) await shard.pool.query('DELETE FROM ledger_runs');
    await newReconciler().run();
    expect(await lastRun(first)).toMatchObject({ missing: 2 });
    expect(await lastRun(second)).toMatchObject({ missing: 4 });
  });
});

describe('several processes', () => {
  test('do one run of each shard in an interval between them', async () => {
    const reconcilers = [newReconciler(), newReconciler(), newReconciler()];
    await Promise.all(reconcilers.map((reconciler) => reconciler.run()));
    await Promise.all(reconcilers.map((reconciler) => reconciler.run()));
    expect([await runsOf(first), await runsOf(second)]).toEqual([1, 1]);
    await makeDue(second);
    await Promise.all(reconcilers.map((reconciler) => reconciler.run()));
    expect([await runsOf(first), await runsOf(second)]).toEqual([2, 2]);
  });

  test('do not wait for one that holds the lock of the ledger', async () => {
    const session = await home.pool.connect();
    await session.query('BEGIN');
    await lockLedger(session);
    expect(await newReconciler([second]).run()).toBe(true);
    expect(await runsOf(second)).toBe(0);
    await session.query('COMMIT');
    session.release();
  });
});
