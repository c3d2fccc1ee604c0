import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
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
import { runEp, type EpResult } from '@event-platform/testkit/client/run-ep';

let postgres: OwnServer;
let redis: OwnServer;
let pool: pg.Pool;
let url: string;
let dir: string;
const processes = new ServiceProcesses();

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ep-send-'));
  [postgres, redis] = await Promise.all([startOwnPostgres(), startOwnRedis()]);
  await migrate(postgres.url);
  pool = new pg.Pool({ connectionString: postgres.url });
  const [port, opsPort] = [await freePort(), await freePort()];
  url = `http://127.0.0.1:${port}`;
  const env = {
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    AUTH: 'off',
    HOST: '127.0.0.1',
    PORT: String(port),
    SUMMARY_TTL_MS: '0',
    // Many small batches of the worker at once, so that a later request is often stored first.
    BATCH_EVENTS: '100',
    CONCURRENCY: '8',
    WRITERS: '4',
  };
  processes.start('api', env);
  processes.start('worker', { ...env, OPS_PORT: String(opsPort) });
  await eventually(async () => (await fetch(`${url}/healthz/ready`)).ok);
});
afterAll(async () => {
  await processes.endAll('SIGTERM');
  await pool.end();
  await Promise.all([postgres.remove(), redis.remove()]);
  rmSync(dir, { recursive: true });
});

const lines = 4_000;
const pairs = 300;
const batch = 100;

function line(accountId: string, id: string, what: 'alone' | 'first' | 'second', at: number) {
  return JSON.stringify({
    event_id: id,
    account_id: accountId,
    user_id: `user-${what}`,
    type: what,
    timestamp: new Date(Date.UTC(2020, 0, 1) + at).toISOString(),
  });
}

/** Each pair lies in two requests: two thirds of them in neighbouring ones, the others far apart. */
function fileOf(accountId: string): string {
  const texts = Array.from({ length: lines }, (_, at) => line(accountId, `e${at}`, 'alone', at));
  for (let pair = 0; pair < pairs; pair++) {
    const isFar = pair >= 200;
    const first = Math.floor((pair % 200) / 20) * 2 * batch + (isFar ? 30 : 0) + (pair % 20);
    const second = isFar ? lines / 2 + 20 * (pair - 200) : first + batch;
    texts[first] = line(accountId, `pair${pair}`, 'first', first);
    texts[second] = line(accountId, `pair${pair}`, 'second', second);
  }
  return texts.join('\n');
}

async function expectFirstsStored(accountId: string, { code, stdout, stderr }: EpResult) {
  expect({ code, says: code === 0 ? '' : stderr + stdout }).toEqual({ code: 0, says: '' });
  expect(stdout).toMatch(/^accepted +4,000 \(300 of them duplicates/m);
  const { rows } = await pool.query(
    'SELECT type, user_id, count(*)::int FROM events WHERE account_id = $1 GROUP BY 1, 2 ORDER BY 1',
    [accountId],
  );
  expect(rows).toEqual([
    { type: 'alone', user_id: 'user-alone', count: lines - 2 * pairs },
    { type: 'first', user_id: 'user-first', count: pairs },
  ]);
}

describe('300 ids that a file holds twice with different contents', () => {
  const options = ['--concurrency', '4', '--verify-minutes', '0.5'];
  const send = (file: string, input?: string) =>
    runEp(['send', file, '--url', url, '--batch', String(batch), ...options], {}, input);

  test('are stored as the first of the file says, and the comparison agrees', async () => {
    const file = join(dir, 'file.ndjson');
    writeFileSync(file, fileOf('plain'));
    await expectFirstsStored('plain', await send(file));
  }, 90_000);

  test('are so from gzip, and from a pipe', async () => {
    const file = join(dir, 'file.ndjson.gz');
    writeFileSync(file, gzipSync(fileOf('gzip')));
    await expectFirstsStored('gzip', await send(file));
    await expectFirstsStored('pipe', await send('-', fileOf('pipe')));
  }, 120_000);
});
