import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import type pg from 'pg';
import { createApiKey } from '@event-platform/core/storage/accounts/api-keys';
import { TextQueue } from '@event-platform/core/queue/text-job';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { startOwnRedis, type OwnServer } from '@event-platform/testkit/harness/own-servers';
import { testShard } from '@event-platform/testkit/harness/sample-events';
import { secretOf } from '@event-platform/testkit/harness/secret-of';
import { ServiceProcesses } from '@event-platform/testkit/harness/service-processes';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/testkit/harness/test-database';

// Everything secret or sent holds this word, the keys of the api aside, which have a form of their own.
const canary = 'canary47';
const wrongKey = `ep_0123456789abcdef_${canary.padEnd(43, 'x')}`;
const prefix = '{logs}';

const retryBudget = { timeoutMs: 25_000 };

const processes = new ServiceProcesses();
let database: TestDatabase;
let pool: pg.Pool;
let server: OwnServer;
let redis: Redis;
let key: string;
let api: { log: () => string; url: string };
let worker: { log: () => string };

beforeAll(async () => {
  [database, server] = await Promise.all([createTestDatabase(), startOwnRedis()]);
  ({ pool } = testShard(database.url));
  redis = new Redis(server.url);
  await redis.config('SET', 'requirepass', canary);
  ({ key } = await createApiKey(pool, { accountId: 'acme', name: 'x', scopes: ['ingest'] }));
  const databaseUrl = new URL(database.url);
  databaseUrl.password = canary;
  const env = {
    DATABASE_URL: databaseUrl.href,
    REDIS_URL: server.url,
    REDIS_PASSWORD: canary,
    REDIS_PREFIX: prefix,
    HOST: '127.0.0.1',
    LOG_LEVEL: 'trace',
  };
  const log = processes.startLogged('api', { ...env, PORT: '0', REDIS_TIMEOUT_MS: '10000' });
  worker = { log: processes.startLogged('worker', { ...env, OPS_PORT: '0' }) };
  const port = await eventually(() => /"port":(\d+)/.exec(log())?.[1] ?? '', retryBudget);
  api = { log, url: `http://127.0.0.1:${port}` };
  await eventually(async () => {
    const ready = await (await fetch(`${api.url}/healthz/ready`)).text();
    return ready.includes('"redis":"up"');
  });
});
afterAll(async () => {
  await processes.endAll('SIGKILL');
  await redis.quit();
  await server.remove();
  await pool.end();
  await database.drop();
});

let serial = 0;

/** Sends an event that is canaries all over, and returns the id and the status. */
async function send(
  type = canary,
  headers: Record<string, string> = { 'x-api-key': key },
  query = '',
) {
  const id = `e-${++serial}`;
  const event = { event_id: id, user_id: canary, type, metadata: { [canary]: canary } };
  const response = await fetch(`${api.url}/events${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-canary': canary, ...headers },
    body: JSON.stringify(event),
  });
  await response.arrayBuffer();
  return { id, status: response.status };
}

const deadLetters = async () => (await pool.query('SELECT 1 FROM dead_letters')).rowCount ?? 0;

const isStored = async (id: string) =>
  (await pool.query('SELECT 1 FROM events WHERE event_id = $1', [id])).rowCount === 1;

async function acceptAndStore(): Promise<void> {
  const { id, status } = await send();
  expect(status).toBe(202);
  await eventually(() => isStored(id), retryBudget);
}

const says = (process: { log: () => string }, what: string) =>
  eventually(() => process.log().includes(what), { ...retryBudget, describe: what });

async function refuseRequests(): Promise<void> {
  expect(await send(canary, { authorization: `Bearer ${wrongKey}` })).toMatchObject({
    status: 401,
  });
  expect(await send(`${canary}\0`)).toMatchObject({ status: 400 });
  expect(await send(canary, { 'x-api-key': key }, `?token=${canary}`)).toMatchObject({
    status: 400,
  });
  for (const body of [`{"a": ${canary}`, `"${canary}"`]) {
    const headers = { 'content-type': 'application/json', 'x-api-key': key };
    const refused = await fetch(`${api.url}/events`, { method: 'POST', headers, body });
    expect(refused.status).toBe(400);
  }
  expect((await fetch(`${api.url}/${wrongKey}?${canary}`)).status).toBe(404);
}

/** The error of the command holds its arguments: the whole job. */
async function refuseJobs(): Promise<void> {
  const id = await redis.get(`${prefix}:events:id`);
  await redis.set(`${prefix}:events:id`, 'no number');
  await acceptAndStore();
  await says(api, 'events are not queued');
  await redis.set(`${prefix}:events:id`, id ?? '0');
}

/** The error of PostgreSQL names the row, in its message and in its detail. */
async function refuseRows(): Promise<void> {
  await pool.query(
    `ALTER TABLE events ADD CONSTRAINT no_poison CHECK (type <> '${canary}-poison')`,
  );
  await send(`${canary}-poison`);
  await eventually(async () => (await deadLetters()) === 1, retryBudget);
  await pool.query(`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'refused: %', NEW; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION refuse()`);
  const { id } = await send();
  await says(worker, 'holding a batch until PostgreSQL is back');
  await pool.query('DROP TRIGGER refuse ON events');
  await eventually(() => isStored(id), retryBudget);
}

/** The error of AUTH holds the password. */
async function refusePasswords(): Promise<void> {
  await redis.config('SET', 'requirepass', 'another');
  await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  await Promise.all([says(api, 'WRONGPASS'), says(worker, 'WRONGPASS')]);
  await redis.config('SET', 'requirepass', canary);
  await Promise.all([says(api, 'Redis is back'), says(worker, 'Redis is back')]);
}

async function cutConnections(): Promise<void> {
  await pool.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  await Promise.all([api, worker].map((each) => says(each, 'connection was lost')));
}

/** The error of JSON.parse quotes what it was given. The job fails, and is a second letter soon. */
async function queueNonsense(): Promise<void> {
  const queue = new TextQueue('events', { connection: redis, prefix });
  await queue.addBulk([{ name: 'events', data: `${canary}\n${canary}`, opts: { attempts: 1 } }]);
  await eventually(
    async () => (await queue.getFailedCount()) + (await deadLetters()) >= 2,
    retryBudget,
  );
  await queue.close();
}

describe('the logs of api and worker', () => {
  test('hold no event, no key and no password, whatever fails', async () => {
    await acceptAndStore();
    await refuseRequests();
    await refuseJobs();
    await refuseRows();
    await queueNonsense();
    await cutConnections();
    await refusePasswords();
    await acceptAndStore();
    await processes.endAll('SIGTERM');
    await Promise.all([says(api, 'the api is down'), says(worker, 'the worker is down')]);
    const lines = `${api.log()}\n${worker.log()}`.split('\n');
    expect(lines.length).toBeGreaterThan(20);
    const secrets = [canary, secretOf(key)];
    const shapes = secrets.flatMap((secret) => [secret, Buffer.from(secret).toString('hex')]);
    expect(lines.filter((line) => shapes.some((shape) => line.includes(shape)))).toEqual([]);
  });
});
