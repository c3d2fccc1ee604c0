import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import type pg from 'pg';
import { queueKeys } from '@event-platform/core/platform/queue-names';
import { lockLedger } from '@event-platform/core/storage/ledger/ledger-audit';
import { writeWitness } from '@event-platform/core/storage/ledger/ledger-witnesses';
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
import { LedgerKeeper } from './ledger-keeper.ts';

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
    await pool.query('TRUNCATE ledger, ledger_witnesses, ledger_folded, ledger_rounds');
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
function newKeeper(shards = [first, second]): LedgerKeeper {
  const map: ShardMap = {
    all: shards,
    directory: second.pool,
    forAccount: (account) => (account.startsWith('first') ? first : second),
    close: () => Promise.resolve(),
  };
  const logger = createLogger('test', 'silent');
  const now = () => nowMs;
  return new LedgerKeeper({ shards: map, redis, queue, keys, logger, retentionDays: 7, now });
}

/** Lets events be accepted half an hour ago of which nobody knows any more. */
async function lose(pool: pg.Pool, accountId: string, events: number): Promise<void> {
  const minute = Math.floor(Date.now() / 60_000) - 30;
  await writeWitness(pool, 'counted', [{ accountId, minute, process: 'api-1', events }]);
}

async function roundsOf({ pool }: Shard): Promise<number> {
  const { rows } = await pool.query<{ serial: number }>('SELECT serial FROM ledger_rounds');
  return rows[0]?.serial ?? 0;
}
const ages = (keeper: LedgerKeeper) =>
  Object.fromEntries(
    keeper.auditedAtMs.map(({ shard, atMs }) => [shard, Math.round((nowMs - atMs) / 60_000)]),
  );

describe('a shard that is away', () => {
  test('hides no loss on those behind it, and its own last figures stay', async () => {
    const keeper = newKeeper();
    await lose(first.pool, 'first-a', 3);
    await keeper.keep();
    expect(keeper.state).toMatchObject({ missing: 3 });
    await server.stop();
    try {
      await lose(second.pool, 'second-a', 5);
      nowMs += 10 * 60_000;
      await second.pool.query(`UPDATE ledger_rounds SET done_at = done_at - interval '10 minutes'`);
      await keeper.keep();
      expect(keeper.state).toMatchObject({ missing: 8 });
      expect(ages(keeper)).toEqual({ first: 10, second: 0 });
      await expect(keeper.reconcile([second])).resolves.toBeDefined();
      await expect(keeper.reconcile([first, second])).rejects.toThrow();
    } finally {
      await server.start();
    }
    nowMs += 60_000;
    await keeper.keep();
    await eventually(async () => {
      await keeper.keep();
      expect(ages(keeper)).toMatchObject({ first: 0 });
    });
  });

  test('and hangs, keeps none of the others waiting', async () => {
    const keeper = newKeeper();
    await lose(second.pool, 'second-a', 5);
    await server.kill('SIGSTOP');
    try {
      await keeper.keep();
      expect(keeper.state).toMatchObject({ missing: 5 });
    } finally {
      await server.kill('SIGCONT');
    }
  });

  test('leaves what Redis counted there until it has it too', async () => {
    const minute = Math.floor(Date.now() / 60_000) - 30;
    await redis.sadd(keys.acceptedMinutes, minute);
    await redis.hset(keys.accepted(minute), { 'p:first-a': 2, 'p:second-a': 4 });
    await server.stop();
    await newKeeper().keep();
    expect(await redis.exists(keys.accepted(minute))).toBe(1);
    await server.start();
    await eventually(async () => {
      await home.pool.query(`UPDATE ledger_rounds SET done_at = done_at - interval '1 minute'`);
      await newKeeper().keep();
      expect(await redis.exists(keys.accepted(minute))).toBe(0);
    });
    const keeper = newKeeper();
    await keeper.reconcile([first, second]);
    expect(keeper.state).toMatchObject({ missing: 6 });
  });
});

describe('several processes', () => {
  test('do one round between them, and all of them know what it found', async () => {
    await lose(second.pool, 'second-a', 5);
    const keepers = [newKeeper(), newKeeper(), newKeeper()];
    await Promise.all(keepers.map((keeper) => keeper.keep()));
    await Promise.all(keepers.map((keeper) => keeper.keep()));
    expect([await roundsOf(first), await roundsOf(second)]).toEqual([1, 1]);
    for (const keeper of keepers) expect(keeper.state).toMatchObject({ missing: 5 });
    await second.pool.query(`UPDATE ledger_rounds SET done_at = done_at - interval '10 seconds'`);
    await Promise.all(keepers.map((keeper) => keeper.keep()));
    expect([await roundsOf(first), await roundsOf(second)]).toEqual([2, 2]);
  });

  test('wait for none that is at it; who asks for a round waits for its turn', async () => {
    const keeper = newKeeper([second]);
    const session = await home.pool.connect();
    await session.query('BEGIN');
    await lockLedger(session);
    await keeper.keep();
    expect(await roundsOf(second)).toBe(0);
    const asked = keeper.reconcile([second]);
    await session.query('COMMIT');
    session.release();
    await asked;
    expect(await roundsOf(second)).toBe(1);
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
