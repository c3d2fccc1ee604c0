import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { ledgerSchema, type Ledger } from '@event-platform/shared/contracts/ledger';
import { migrate } from '@event-platform/shared/database/migrate';
import { freePort } from '@event-platform/shared/local/free-port';
import { eventually } from '@event-platform/shared/testing/eventually';
import {
  startOwnPostgres,
  startOwnRedis,
  type OwnServer,
} from '@event-platform/shared/testing/own-servers';
import { ServiceProcesses } from '@event-platform/shared/testing/service-processes';
import { runEp } from '../lib/run-ep.ts';

// Real processes and servers, really killed: the ledger must balance, or say that it does not.
let postgres: OwnServer;
let redis: OwnServer;
let pool: pg.Pool;
let url: string;
let port: number;
let api: ChildProcess;
let worker: ChildProcess | undefined;

const processes = new ServiceProcesses();

function start(service: 'api' | 'worker'): ChildProcess {
  return processes.start(service, {
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    AUTH: 'off',
    HOST: '127.0.0.1',
    LOCK_DURATION_MS: '2000',
    STALLED_INTERVAL_MS: '1000',
    DATABASE_STATEMENT_TIMEOUT_MS: '1000',
    ...(service === 'api'
      ? { PORT: String(port), REDIS_TIMEOUT_MS: '500' }
      : { OPS_PORT: '0', BATCH_EVENTS: '50', CONCURRENCY: '4', WRITERS: '1' }),
  });
}

async function startApi(): Promise<void> {
  api = start('api');
  const isReady = async () => (await fetch(`${url}/healthz/ready`)).ok;
  await eventually(isReady, { timeoutMs: 40_000 });
}

beforeAll(async () => {
  // What was committed must be there after a SIGKILL, as in production.
  const kept = { synchronous_commit: 'on' };
  [postgres, redis] = await Promise.all([startOwnPostgres(kept), startOwnRedis()]);
  await migrate(postgres.url);
  pool = new pg.Pool({ connectionString: postgres.url });
  pool.on('error', () => undefined);
  port = await freePort();
  url = `http://127.0.0.1:${port}`;
  await startApi();
});
afterAll(async () => {
  await processes.endAll('SIGTERM');
  await pool.end();
  await Promise.all([postgres.remove(), redis.remove()]);
});

let serial = 0;

/** Posts events of an account; true when they were accepted. A server that dies answers nothing. */
async function post(account: string, events: number, type = 't'): Promise<boolean> {
  const body = Array.from({ length: events }, () => ({
    event_id: `e-${serial++}`,
    account_id: account,
    user_id: 'u',
    type,
  }));
  const sent = { method: 'POST', body: JSON.stringify(body) };
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/events`, { ...sent, headers }).catch(() => undefined);
  return response?.status === 202;
}

async function read(account?: string): Promise<Ledger> {
  const query = new URLSearchParams({
    from: new Date(Date.now() - 6 * 3_600_000).toISOString(),
    ...(account !== undefined && { account }),
  });
  const response = await fetch(`${url}/admin/ledger?${query.toString()}`);
  return ledgerSchema.parse(await response.json());
}

/**
 * Moves what the ledger knows into the past, so that its minutes are over for good. The api is
 * started anew meanwhile, since it remembers minutes, and the oldest job.
 */
async function letHoursPass(hours: number): Promise<void> {
  await processes.end(api, 'SIGTERM');
  const client = new Redis(redis.url);
  const minutes = (await client.smembers('{ep}:accepted:minutes')).map(Number);
  for (const minute of minutes.toSorted((a, b) => hours * (a - b))) {
    const moved = minute - hours * 60;
    await client.rename(`{ep}:accepted:${minute}`, `{ep}:accepted:${moved}`);
    await client.srem('{ep}:accepted:minutes', minute);
    await client.sadd('{ep}:accepted:minutes', moved);
  }
  for (const key of await client.keys('{ep}:events:*')) {
    if (!/:\d+$/.test(key)) continue;
    const [addedAt, text] = await client.hmget(key, 'timestamp', 'data');
    const earlier = (_: string, minute: string) => `"minute":${Number(minute) - hours * 60}`;
    await client.hset(key, {
      timestamp: Number(addedAt) - hours * 3_600_000,
      data: (text ?? '').replace(/"minute":(\d+)/, earlier),
    });
  }
  await client.quit();
  for (const [table, column] of [
    ['ledger', 'minute'],
    ['ledger_witnesses', 'minute'],
    ['ledger_folded', 'minute'],
    ['dead_letters', 'received_at'],
  ]) {
    // Far away first, since a minute may not meet its neighbour on the way.
    await pool.query(`UPDATE ${table} SET ${column} = ${column} - interval '100 years'`);
    await pool.query(
      `UPDATE ${table} SET ${column} = ${column} + interval '100 years' - $1 * interval '1 hour'`,
      [hours],
    );
  }
  await startApi();
}

/** Both witnesses have written down what the account sent. */
const witnessed = (account: string, events: number) =>
  eventually(async () => {
    await read(account);
    const { rows } = await pool.query<{ counted: string; queued: string }>(
      'SELECT sum(counted) AS counted, sum(queued) AS queued FROM ledger_witnesses WHERE account_id = $1',
      [account],
    );
    expect(rows).toEqual([{ counted: String(events), queued: String(events) }]);
  });

const settled = (account: string) =>
  eventually(
    async () => {
      const { totals } = await read(account);
      expect(totals.pending).toBe(0);
      return totals;
    },
    { timeoutMs: 40_000 },
  );

describe('the ledger balances', () => {
  test('after api, worker, Redis and PostgreSQL were each killed, and Redis hung, in the middle of a load', async () => {
    worker = start('worker');
    let accepted = 0;
    let isOver = false;
    const load = async () => {
      while (!isOver) {
        if (await post('kills', 20)) accepted += 20;
        await sleep(20);
      }
    };
    const loads = Promise.all([1, 2, 3, 4].map(load));
    const stored = async () =>
      Number((await pool.query<{ n: string }>('SELECT count(*) AS n FROM events')).rows[0]?.n);
    const moreStored = async (more: number) => {
      const mark = (await stored()) + more;
      const isThere = async () => (await stored().catch(() => 0)) > mark;
      await eventually(isThere, { timeoutMs: 30_000 });
    };
    await moreStored(200);
    await processes.end(worker, 'SIGKILL');
    worker = start('worker');
    await moreStored(200);
    await redis.kill('SIGKILL');
    await redis.start();
    await moreStored(200);
    // Jobs whose answer does not come in time are written directly too, and may be in the queue.
    await redis.kill('SIGSTOP');
    await moreStored(100);
    await redis.kill('SIGCONT');
    await moreStored(200);
    // Counts whose COMMIT was not acknowledged are written again.
    await postgres.kill('SIGKILL');
    await postgres.start();
    await moreStored(200);
    await processes.end(api, 'SIGKILL');
    await startApi();
    await moreStored(100);
    isOver = true;
    await loads;
    const totals = await settled('kills');
    expect(totals).toMatchObject({ missing: 0, excess: 0, dead: 0 });
    expect(totals.stored).toBe(await stored());
    expect(totals.accepted).toBe(totals.stored + totals.duplicates);
    // Every 202 is in it; what was accepted although the answer was lost is too.
    expect(totals.stored).toBeGreaterThanOrEqual(accepted);
    await letHoursPass(1);
    expect((await read('kills')).totals).toEqual(totals);
  }, 120_000);

  test('with direct writes while Redis is away, and with poison', async () => {
    await pool.query(`ALTER TABLE events ADD CHECK (type <> 'forbidden')`);
    expect(await post('mixed', 5)).toBe(true);
    expect(await post('mixed', 2, 'forbidden')).toBe(true);
    await settled('mixed');
    await redis.stop();
    await eventually(() => post('mixed', 3));
    const away = await read('mixed');
    expect(away.closed_before).toBeNull();
    expect(away.totals).toMatchObject({ missing: 0, excess: 0 });
    await redis.start();
    await eventually(async () => (await read('mixed')).closed_before !== null);
    const totals = await settled('mixed');
    expect(totals).toMatchObject({ dead: 2, pending: 0, missing: 0, excess: 0 });
    expect(totals.accepted).toBe(totals.stored + totals.duplicates + 2);
    await letHoursPass(1);
    expect((await read('mixed')).state).toBe('balanced');
    const { code, stdout } = await runEp([
      'ledger',
      '--url',
      url,
      '--from',
      '2026-01-01T00:00:00Z',
      '--to',
      '2026-01-02T00:00:00Z',
    ]);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing') });
  }, 90_000);
});

describe('the ledger says', () => {
  test('how many events were lost with Redis, and of whom; ep ledger exits with 1', async () => {
    if (worker) await processes.end(worker, 'SIGTERM');
    worker = undefined;
    await eventually(() => post('lost', 7));
    await witnessed('lost', 7);
    const client = new Redis(redis.url);
    await client.flushall();
    await client.quit();
    expect((await read('lost')).totals).toMatchObject({ accepted: 7, pending: 7, missing: 0 });
    await letHoursPass(1);
    expect((await read('lost')).totals).toMatchObject({ accepted: 7, pending: 0, missing: 7 });
    const from = new Date(Date.now() - 3 * 3_600_000).toISOString();
    const { code, stdout } = await runEp(['ledger', '--url', url, '--from', from]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^lost +missing +7 +0 +0 +0 +0 +7 +0$/m);
    expect(stdout).toMatch(/7 missing, 0 in excess/);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/^ledger_imbalance_events\{kind="missing",service="api"\} 7$/m);
    expect(metrics).toMatch(/^ledger_imbalance_events\{kind="excess",service="api"\} 0$/m);
  }, 60_000);

  test('what was lost after a job that is stuck for hours', async () => {
    await eventually(() => post('stuck', 3));
    await letHoursPass(2);
    const client = new Redis(redis.url);
    const [id] = await client.lrange('{ep}:events:wait', 0, -1);
    await eventually(() => post('after', 7));
    await witnessed('after', 7);
    const lost = (await client.lrange('{ep}:events:wait', 0, -1)).find((one) => one !== id);
    if (lost !== undefined) await client.lrem('{ep}:events:wait', 0, lost);
    if (lost !== undefined) await client.del(`{ep}:events:${lost}`);
    // Ten minutes are enough for the minute of the lost ones to be judged. Redis would tell of it anew.
    await client.del(await client.keys('{ep}:accepted:*'));
    await client.quit();
    await pool.query(
      `UPDATE ledger_witnesses SET minute = minute - interval '10 minutes' WHERE account_id = 'after'`,
    );
    expect((await read('stuck')).totals).toMatchObject({ pending: 3, missing: 0 });
    expect((await read('after')).totals).toMatchObject({ pending: 0, missing: 7 });
    worker = start('worker');
    expect(await settled('stuck')).toMatchObject({ stored: 3, missing: 0, excess: 0 });
    await processes.end(worker, 'SIGTERM');
    worker = undefined;
  }, 60_000);

  test('nothing as long as the queue may hold it, however long that is', async () => {
    await eventually(() => post('waits', 4));
    await witnessed('waits', 4);
    await letHoursPass(1);
    expect((await read('waits')).totals).toMatchObject({ pending: 4, missing: 0 });
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const age = /^ledger_oldest_pending_seconds\{service="api"\} (\S+)$/m.exec(metrics)?.[1];
    expect(Number(age)).toBeGreaterThan(3_500);
    await letHoursPass(-1);
    worker = start('worker');
    expect(await settled('waits')).toMatchObject({ stored: 4, missing: 0 });
  }, 60_000);
});
