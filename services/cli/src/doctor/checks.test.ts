import { describe, expect, test } from '@jest/globals';
import type { Finding } from './finding.ts';
import { connectionBudget } from './connection-budget.ts';
import { checkClock } from './check-clock.ts';
import { checkMemory } from './check-memory.ts';
import { checkConnections } from './check-connections.ts';
import { checkDeadLetters } from './check-dead-letters.ts';
import { checkNode } from './check-node.ts';
import { checkPostgres } from './check-postgres.ts';
import { checkRedis } from './check-redis.ts';
import { checkSession } from './check-session.ts';
import { checkSchema } from './check-schema.ts';

const statusOf = (findings: Finding[], check: string) =>
  findings.find((one) => one.check === check)?.status;

const goodInfo = {
  redis_version: '7.2.4',
  maxmemory_policy: 'noeviction',
  aof_enabled: '1',
  maxmemory: '1000',
  used_memory: '100',
};

const redis = (changed: Record<string, string> = {}, appendfsync?: string, minReplicas?: string) =>
  checkRedis({
    info: new Map(Object.entries({ ...goodInfo, ...changed })),
    appendfsync,
    minReplicas,
  });

const goodSettings = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  max_wal_size: '4096',
  wal_compression: 'lz4',
  max_connections: '100',
  superuser_reserved_connections: '3',
  reserved_connections: '0',
};

const postgres = (changed: Record<string, string> = {}, versionNumber = 180_004) =>
  checkPostgres({
    versionNumber,
    version: 'v',
    settings: new Map(Object.entries({ ...goodSettings, ...changed })),
  });

describe('checkRedis', () => {
  test('a safe Redis has nothing but good findings', () => {
    expect(redis({}, 'everysec').filter(({ status }) => status !== 'ok')).toEqual([]);
  });

  test.each([
    ['redis version', { redis_version: '6.0.16' }, 'fail'],
    ['redis version', { redis_version: '6.2.0' }, 'ok'],
    ['redis version', { redis_version: '10.0.0' }, 'ok'],
    ['redis maxmemory-policy', { maxmemory_policy: 'allkeys-lru' }, 'fail'],
    ['redis appendonly', { aof_enabled: '0' }, 'fail'],
    ['redis append-only file', { aof_last_write_status: 'err' }, 'fail'],
    ['redis min-replicas-to-write', { role: 'master', connected_slaves: '1' }, 'warn'],
    ['redis maxmemory', { maxmemory: '0' }, 'warn'],
    ['redis memory', { used_memory: '600' }, 'warn'],
    ['redis memory', { used_memory: '700' }, 'fail'],
  ])('%s with %j: %s', (check, changed, status) => {
    const found = redis(changed, 'everysec');
    expect(statusOf(found, check)).toBe(status);
    expect(found.every((one) => one.status === 'ok' || one.change)).toBe(true);
  });

  test('min-replicas-to-write is checked on a primary with replicas only', () => {
    const check = 'redis min-replicas-to-write';
    const primary = { role: 'master', connected_slaves: '1' };
    expect(statusOf(redis(primary, 'everysec', '1'), check)).toBe('ok');
    expect(statusOf(redis(primary, 'everysec', '0'), check)).toBe('warn');
    expect(statusOf(redis({ ...primary, connected_slaves: '0' }), check)).toBeUndefined();
    expect(statusOf(redis({ ...primary, role: 'slave' }), check)).toBeUndefined();
  });

  test('where CONFIG is forbidden, the fsync policy is a warning and not a guess', () => {
    expect(statusOf(redis({}, undefined), 'redis appendfsync')).toBe('warn');
    expect(statusOf(redis({}, 'no'), 'redis appendfsync')).toBe('warn');
  });
});

describe('checkPostgres', () => {
  test('whatever would lose a COMMIT fails, and what only slows warns', () => {
    expect(postgres().every(({ status }) => status === 'ok')).toBe(true);
    for (const name of ['fsync', 'synchronous_commit', 'full_page_writes']) {
      expect(statusOf(postgres({ [name]: 'off' }), `postgres ${name}`)).toBe('fail');
    }
    expect(statusOf(postgres({}, 140_012), 'postgres version')).toBe('fail');
    expect(statusOf(postgres({ max_wal_size: '1024' }), 'postgres max_wal_size')).toBe('warn');
    expect(statusOf(postgres({ wal_compression: 'pglz' }), 'postgres wal_compression')).toBe(
      'warn',
    );
    expect(statusOf(postgres({ wal_compression: 'off' }), 'postgres wal_compression')).toBe('ok');
  });
});

describe('checkSession', () => {
  const session = (changed: Record<string, string>, isPooled = true) =>
    checkSession({
      isPooled,
      user: 'ep',
      settings: new Map(
        Object.entries({
          ...{
            default_transaction_read_only: 'off',
            default_transaction_isolation: 'read committed',
          },
          ...{ statement_timeout: '10000', idle_in_transaction_session_timeout: '10000' },
          ...{ lock_timeout: '0', array_nulls: 'on' },
          ...changed,
        }),
      ),
    });

  test('behind a pooler the role sets what a session needs; without one, sessions do', () => {
    expect(session({}).every(({ status }) => status === 'ok')).toBe(true);
    const odd = { statement_timeout: '0', default_transaction_isolation: 'serializable' };
    expect(session(odd, false).every(({ status }) => status === 'ok')).toBe(true);
    expect(statusOf(session({ lock_timeout: '5' }), 'postgres pooler')).toBe('warn');
    expect(session(odd)).toContainEqual({
      check: 'postgres pooler',
      status: 'fail',
      found: expect.stringMatching(/statement_timeout 0; default_transaction_isolation serial/),
      change: `ALTER ROLE "ep" SET statement_timeout = '10s'; ALTER ROLE "ep" SET default_transaction_isolation = 'read committed';`,
    });
  });

  test('a database that takes no writes fails', () => {
    const frozen = session({ default_transaction_read_only: 'on' }, false);
    expect(statusOf(frozen, 'postgres writes')).toBe('fail');
  });
});

describe('checkConnections', () => {
  const settings = new Map(Object.entries(goodSettings));

  test('the default deployment fits into 100 connections', () => {
    expect(checkConnections(connectionBudget(2, 10), settings).status).toBe('ok');
  });

  test('one pod more than fits fails and says what is needed', () => {
    const pods = { connectionsPerApi: 6, connectionsPerWorker: 3, apiPods: 1, assumed: [] };
    expect(checkConnections({ ...pods, workerPods: 29 }, settings).status).toBe('fail');
    expect(checkConnections({ ...pods, workerPods: 28 }, settings)).toMatchObject({
      status: 'ok',
      found: '100 − 3 reserved; needed 96 = 1 api × 6 + 28 workers × 3 + 3 maintainer + 3 spare',
    });
  });
});

describe('connectionBudget', () => {
  test('takes the given pools, and reports the defaults that it took', () => {
    expect(connectionBudget(1, 1, { WRITERS: 5, DIRECT_WRITERS: 3 })).toEqual({
      apiPods: 1,
      workerPods: 1,
      connectionsPerApi: 7,
      connectionsPerWorker: 6,
      assumed: ['QUERY_CONNECTIONS 4'],
    });
  });
});

describe('checkSchema', () => {
  const own = [
    { when: 1, hash: 'a' },
    { when: 2, hash: 'b' },
  ];

  test('missing migrations fail; edited and later ones warn', () => {
    expect(checkSchema(own, own).status).toBe('ok');
    expect(checkSchema(own, own.slice(0, 1)).status).toBe('fail');
    expect(checkSchema(own, []).status).toBe('fail');
    expect(checkSchema(own, [{ when: 1, hash: 'x' }, ...own.slice(1)]).status).toBe('warn');
    expect(checkSchema(own, [...own, { when: 3, hash: 'c' }]).status).toBe('warn');
  });
});

describe('checkClock', () => {
  test('what the way of the answer explains is no skew', () => {
    const reading = { askedAtMs: 0, answeredAtMs: 4_000 };
    expect(checkClock('redis', { ...reading, theirsMs: 4_000 }).status).toBe('ok');
    expect(checkClock('redis', { ...reading, theirsMs: 6_000 })).toMatchObject({
      status: 'warn',
      found: '4000 ms ahead of this machine',
    });
    expect(checkClock('redis', { ...reading, theirsMs: -60_000 })).toMatchObject({
      status: 'fail',
      found: '62000 ms behind this machine',
    });
  });
});

describe('checkNode', () => {
  test('anything before 24 fails', () => {
    expect(checkNode('22.12.0').status).toBe('fail');
    expect(checkNode('24.0.0').status).toBe('ok');
  });
});

describe('checkDeadLetters', () => {
  const deadLetters = (count: number, oldestAgeSeconds = 0) => [
    { reason: 'data_error', deadLetters: count, oldestAgeSeconds },
  ];

  test('few, young and small ones are well, and each limit warns alone', () => {
    const statusAt = (reasons: ReturnType<typeof deadLetters>, bytes = 0) =>
      checkDeadLetters({ reasons, bytes }).status;
    expect(statusAt([])).toBe('ok');
    expect(statusAt(deadLetters(10_000, 7 * 86_400), 1_000_000_000)).toBe('ok');
    expect(statusAt(deadLetters(10_001))).toBe('warn');
    expect(statusAt(deadLetters(1, 7 * 86_400 + 1))).toBe('warn');
    expect(statusAt([], 1_000_000_001)).toBe('warn');
  });
});

describe('the memory of a worker', () => {
  test('is enough with the defaults in the chart’s limit', () => {
    expect(checkMemory({ CONCURRENCY: 200, WRITERS: 2 }, 512).status).toBe('ok');
  });

  test.each([
    { CONCURRENCY: 800, WRITERS: 2 },
    { CONCURRENCY: 200, WRITERS: 16 },
  ])('is too little for %j, and the remedy names what would do', (settings) => {
    const found = checkMemory(settings, 512);
    expect(found.status).toBe('fail');
    expect(found.change).toMatch(/give each worker (590|640) MiB/);
  });
});
