import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { migrate } from '@event-platform/core/storage/migrate';
import { freePort } from '@event-platform/testkit/servers/free-port';
import { eventually } from '@event-platform/testkit/harness/eventually';
import {
  startOwnPostgres,
  startOwnRedis,
  type OwnServer,
} from '@event-platform/testkit/harness/own-servers';
import { ServiceProcesses } from '@event-platform/testkit/harness/service-processes';
import { runEp } from '@event-platform/testkit/client/run-ep';

// The main job, end to end: real processes, real servers, real departures, an independent count.
const path = (name: string) => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
const sample = path('load-tests/data/flights-20k.ndjson.gz');
const expected = path('load-tests/data/flights-20k-expected.json');
const lines = 20_000;

let postgres: OwnServer;
let redis: OwnServer;
let pool: pg.Pool;
let port: number;
let opsPort: number;
const processes = new ServiceProcesses();

function start(service: 'api' | 'worker'): ChildProcess {
  return processes.start(service, {
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    AUTH: 'off',
    HOST: '127.0.0.1',
    PORT: String(port),
    ...(service === 'worker' && { OPS_PORT: String(opsPort) }),
    // Short locks, so that a killed worker is succeeded within the test.
    LOCK_DURATION_MS: '2000',
    STALLED_INTERVAL_MS: '1000',
    DATABASE_STATEMENT_TIMEOUT_MS: '1000',
    SUMMARY_TTL_MS: '0',
    // Small batches, so that there is a middle to be killed in.
    BATCH_EVENTS: '100',
    CONCURRENCY: '4',
    WRITERS: '1',
  });
}

beforeAll(async () => {
  [postgres, redis] = await Promise.all([
    startOwnPostgres(),
    startOwnRedis({ appendfsync: 'always' }),
  ]);
  await migrate(postgres.url);
  pool = new pg.Pool({ connectionString: postgres.url });
  [port, opsPort] = [await freePort(), await freePort()];
  start('api');
  await eventually(async () => (await fetch(`http://127.0.0.1:${port}/healthz/ready`)).ok);
});
afterAll(async () => {
  await processes.endAll('SIGTERM');
  await pool.end();
  await Promise.all([postgres.remove(), redis.remove()]);
});

const send = () =>
  runEp(['send', sample, '--url', `http://127.0.0.1:${port}`, '--expect', expected]);

async function fingerprint(): Promise<Record<string, unknown>> {
  const { rows } = await pool.query<Record<string, unknown>>(`
    SELECT (SELECT count(*) FROM events) AS events,
           (SELECT md5(string_agg(e::text, '' ORDER BY account_id, event_id)) FROM events e) AS rows,
           (SELECT md5(string_agg(c::text, '' ORDER BY account_id, minute, type)) FROM event_counts c)
             AS roll_ups,
           (SELECT count(*) FROM dead_letters) AS dead`);
  return rows[0] ?? {};
}

const storedEvents = async () => Number((await fingerprint())['events']);

describe('20,000 real departures', () => {
  test('sent while the worker is killed twice and Redis once are stored once each, and every summary matches', async () => {
    let worker = start('worker');
    const sending = send();
    for (const mark of [500, 2_000]) {
      await eventually(async () => (await storedEvents()) >= mark);
      await processes.end(worker, 'SIGKILL');
      expect(await storedEvents()).toBeLessThan(lines);
      if (mark === 2_000) {
        await redis.kill('SIGKILL');
        await redis.start();
      }
      worker = start('worker');
    }
    const { code, stdout, stderr } = await sending;
    expect({ code, stderr: code === 0 ? '' : stderr + stdout }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^accepted +20,000 \(0 of them duplicates\)$/m);
    expect(await fingerprint()).toMatchObject({ events: lines, dead: 0 });
  }, 150_000);

  test('sent again are reported as duplicates and change neither a row nor a roll-up nor a summary', async () => {
    const before = await fingerprint();
    const { code, stdout } = await send();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^accepted +20,000 \(20,000 of them duplicates\)$/m);
    expect(stdout).toMatch(/^UA +3,445 +3,445 +yes +yes +3,445$/m);
    expect(await fingerprint()).toEqual(before);
  }, 150_000);

  test('are all in the roll-ups, minute by minute', async () => {
    const { rows } = await pool.query(`
      SELECT account_id, date_trunc('minute', timestamp) AS minute, type, count(*) FROM events GROUP BY 1, 2, 3
      EXCEPT SELECT account_id, minute, type, count FROM event_counts`);
    expect(rows).toEqual([]);
  });
});
