import type { ChildProcess } from 'node:child_process';
import { expect } from '@jest/globals';
import { Redis } from 'ioredis';
import pg from 'pg';
import { ledgerSchema, type Ledger } from '@event-platform/core/storage/ledger/ledger';
import { migrate } from '@event-platform/core/storage/migrate';
import { freePort } from '@event-platform/testkit/servers/free-port';
import { isReady } from '@event-platform/testkit/servers/is-ready';
import { eventually } from '@event-platform/testkit/harness/eventually';
import {
  startOwnPostgres,
  startOwnRedis,
  type OwnServer,
} from '@event-platform/testkit/harness/own-servers';
import { ServiceProcesses } from '@event-platform/testkit/harness/service-processes';

/** Real processes and servers that may really be killed, and the time that the ledger believes it is. */
export class LedgerHarness {
  readonly postgres: OwnServer;
  readonly redis: OwnServer;
  readonly pool: pg.Pool;
  /** Of the api. */
  readonly url: string;
  readonly processes = new ServiceProcesses();
  readonly #redisUrl: string;
  #api: ChildProcess | undefined;
  #serial = 0;

  private constructor(postgres: OwnServer, redis: OwnServer, redisPort: number, port: number) {
    this.postgres = postgres;
    this.redis = redis;
    this.#redisUrl = `redis://127.0.0.1:${redisPort}`;
    this.pool = new pg.Pool({ connectionString: postgres.url });
    this.pool.on('error', () => undefined);
    this.url = `http://127.0.0.1:${port}`;
  }

  /**
   * Starts the servers and an api.
   *
   * @param through gives the port at which api and worker find Redis, for something in between
   */
  static async start(
    through = (redisPort: number): Promise<number> => Promise.resolve(redisPort),
  ): Promise<LedgerHarness> {
    // What was committed must be there after a SIGKILL, as in production.
    const kept = { synchronous_commit: 'on' };
    const [postgres, redis] = await Promise.all([
      startOwnPostgres(kept),
      startOwnRedis({ appendfsync: 'always' }),
    ]);
    await migrate(postgres.url);
    const harness = new LedgerHarness(postgres, redis, await through(redis.port), await freePort());
    await harness.startApi();
    return harness;
  }

  async close(): Promise<void> {
    await this.processes.endAll('SIGTERM');
    await this.pool.end();
    await Promise.all([this.postgres.remove(), this.redis.remove()]);
  }

  async startApi(): Promise<void> {
    this.#api = this.#startService('api');
    await eventually(() => isReady(this.url), { timeoutMs: 40_000 });
  }

  async endApi(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.#api) await this.processes.end(this.#api, signal);
  }

  startWorker(): ChildProcess {
    return this.#startService('worker');
  }

  #startService(service: 'api' | 'worker'): ChildProcess {
    return this.processes.start(service, {
      DATABASE_URL: this.postgres.url,
      REDIS_URL: this.#redisUrl,
      AUTH: 'off',
      HOST: '127.0.0.1',
      LOCK_DURATION_MS: '2000',
      STALLED_INTERVAL_MS: '1000',
      DATABASE_STATEMENT_TIMEOUT_MS: '1000',
      ...(service === 'api'
        ? { PORT: new URL(this.url).port, REDIS_TIMEOUT_MS: '500' }
        : { OPS_PORT: '0', BATCH_EVENTS: '50', CONCURRENCY: '4', WRITERS: '1' }),
    });
  }

  /** Posts events of an account; true when they were accepted. A server that dies answers nothing. */
  async post(account: string, events: number, type = 't'): Promise<boolean> {
    const response = await this.#post(account, events, type).catch(() => undefined);
    return response?.status === 202;
  }

  /** Posts events of an account, and gives what became of them: a status of a result, or of HTTP. */
  async send(account: string, events: number): Promise<string> {
    const response = await this.#post(account, events, 't');
    const { results = [] } = (await response.json()) as { results?: { status: string }[] };
    const outcomes = new Set(results.map(({ status }) => status));
    return response.status === 202 ? [...outcomes].join() : String(response.status);
  }

  /** How many rows of an account there are. */
  async storedOf(account: string): Promise<number> {
    const { rows } = await this.pool.query<{ count: string }>(
      'SELECT count(*) FROM events WHERE account_id = $1',
      [account],
    );
    return Number(rows[0]?.count);
  }

  /** Posts events with these ids; true when they were accepted. */
  async postIds(account: string, ids: readonly string[]): Promise<boolean> {
    const response = await this.#postBody(ids.map((id) => eventOf(account, id, 't')));
    return response.status === 202;
  }

  #post(account: string, events: number, type: string): Promise<Response> {
    const ids = Array.from({ length: events }, () => `e-${this.#serial++}`);
    return this.#postBody(ids.map((id) => eventOf(account, id, type)));
  }

  #postBody(body: object[]): Promise<Response> {
    const sent = { method: 'POST', body: JSON.stringify(body) };
    const headers = { 'content-type': 'application/json' };
    return fetch(`${this.url}/events`, { ...sent, headers });
  }

  async read(account?: string): Promise<Ledger> {
    const query = new URLSearchParams({
      from: new Date(Date.now() - 6 * 3_600_000).toISOString(),
      ...(account !== undefined && { account }),
    });
    const response = await fetch(`${this.url}/admin/ledger?${query.toString()}`);
    return ledgerSchema.parse(await response.json());
  }

  /** The text of the api's metrics. */
  async metrics(): Promise<string> {
    return (await fetch(`${this.url}/metrics`)).text();
  }

  /**
   * Moves what the ledger knows into the past, so that its minutes are over for good. The api is
   * started anew meanwhile, since it remembers minutes, and the oldest job.
   */
  async letHoursPass(hours: number): Promise<void> {
    await this.endApi('SIGTERM');
    await moveRedis(this.redis.url, hours);
    await movePostgres(this.pool, hours);
    await this.startApi();
  }

  /** Waits until both sources have written down what the account sent. */
  async counted(account: string, events: number): Promise<void> {
    await eventually(async () => {
      await this.read(account);
      const { rows } = await this.pool.query<{ counted: string; queued: string }>(
        'SELECT sum(counted) AS counted, sum(queued) AS queued FROM ledger_sources WHERE account_id = $1',
        [account],
      );
      expect(rows).toEqual([{ counted: String(events), queued: String(events) }]);
    });
  }

  /** Waits until nothing of the account is pending. */
  async settled(account: string): Promise<Ledger['totals']> {
    return eventually(
      async () => {
        const { totals } = await this.read(account);
        expect(totals.pending).toBe(0);
        return totals;
      },
      { timeoutMs: 40_000 },
    );
  }
}

const eventOf = (account: string, id: string, type: string) => ({
  ...{ event_id: id, account_id: account, user_id: 'u', type },
});

async function moveRedis(redisUrl: string, hours: number): Promise<void> {
  const client = new Redis(redisUrl);
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
}

async function movePostgres(pool: pg.Pool, hours: number): Promise<void> {
  for (const [table, column] of [
    ['ledger', 'minute'],
    ['ledger_sources', 'minute'],
    ['ledger_applied', 'minute'],
    ['dead_letters', 'received_at'],
  ]) {
    // Far away first, since a minute may not meet its neighbour on the way.
    await pool.query(`UPDATE ${table} SET ${column} = ${column} - interval '100 years'`);
    await pool.query(
      `UPDATE ${table} SET ${column} = ${column} + interval '100 years' - $1 * interval '1 hour'`,
      [hours],
    );
  }
}
