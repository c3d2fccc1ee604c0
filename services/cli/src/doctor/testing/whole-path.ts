import { expect } from '@jest/globals';
import { ledgerSchema } from '@event-platform/core/storage/ledger/ledger';
import { freePort } from '@event-platform/testkit/servers/free-port';
import { isReady } from '@event-platform/testkit/servers/is-ready';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { ServiceProcesses } from '@event-platform/testkit/harness/service-processes';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { runEp } from '@event-platform/testkit/client/run-ep';

const account = 'acme';
/** Enough for COPY, which few events do not take. */
const events = Array.from({ length: 120 }, (_, index) => ({
  event_id: `e-${index}`,
  account_id: account,
  user_id: `user-${index % 7}`,
  type: `type-${index % 3}`,
  // Of years in which offsets from UTC had seconds, and of today.
  timestamp: index % 2 === 0 ? '1971-06-01T12:00:59.123456Z' : new Date().toISOString(),
  metadata: { back: 'a\\b', quote: `it's "so"`, number: 0.1 },
}));

const json = { 'content-type': 'application/json' };

/**
 * Sends an event every way there is, with processes as the images run them, and reads it every way
 * there is, until it is erased. Each step is an expectation.
 *
 * @param databaseUrl migrated, and empty
 */
export async function proveWholePath(databaseUrl: string): Promise<void> {
  const corner = testRedis();
  const processes = new ServiceProcesses();
  const env = { DATABASE_URL: databaseUrl, REDIS_URL: corner.url, REDIS_PREFIX: corner.prefix };
  const startApi = async (changes: Record<string, string> = {}) => {
    const port = String(await freePort());
    const url = `http://127.0.0.1:${port}`;
    processes.start('api', { ...env, AUTH: 'off', HOST: '127.0.0.1', PORT: port, ...changes });
    await eventually(() => isReady(url), { timeoutMs: 60_000 });
    return url;
  };
  try {
    processes.start('worker', { ...env, OPS_PORT: '0' });
    const api = await startApi();
    await sendAndRead(api);
    const direct = await startApi({ REDIS_URL: 'redis://127.0.0.1:1' });
    await sendDirectly(direct);
    await readLedger(api);
    await eraseAll(api, env);
    // Afterwards: an erasure waits for requests that a key of the account has let in.
    await manageKeys(env);
  } finally {
    await processes.endAll('SIGTERM');
    await corner.cleanup();
  }
}

async function read(url: string): Promise<Record<string, unknown>> {
  const response = await fetch(url);
  return { ...((await response.json()) as object), http: response.status };
}

async function post(api: string, body: unknown): Promise<void> {
  const init = { method: 'POST', headers: json, body: JSON.stringify(body) };
  const response = await fetch(`${api}/events`, init);
  expect([response.status, await response.text()]).toEqual([202, expect.stringMatching(/accept/)]);
}

async function sendAndRead(api: string): Promise<void> {
  await post(api, events);
  await eventually(async () =>
    expect(await read(`${api}/accounts/${account}/events/e-119`)).toMatchObject({
      http: 200,
      status: 'stored',
      stored_at: expect.stringMatching(/^20\d\d-/),
    }),
  );
  // Duplicates take another statement than new events.
  await post(api, [events[0], { ...events[0], event_id: 'late' }]);
  await eventually(async () =>
    expect(await read(`${api}/accounts/${account}/events/late`)).toMatchObject({
      status: 'stored',
    }),
  );
  // Whole minutes come from the roll-up, which is kept by minutes of UTC.
  const then = 'from=1971-06-01T12:00:00Z&to=1971-06-01T12:01:00Z';
  expect(await read(`${api}/accounts/${account}/summary?${then}`)).toMatchObject({
    http: 200,
    total: 61,
  });
  const today = await read(`${api}/accounts/${account}/summary?window=24h`);
  expect(today).toMatchObject({ http: 200, total: 60 });
  expect(today['by_type']).toHaveLength(3);
  expect(today['top_users']).toHaveLength(7);
}

async function sendDirectly(api: string): Promise<void> {
  await post(api, { ...events[0], event_id: 'direct' });
  expect(await read(`${api}/accounts/${account}/events/direct`)).toMatchObject({
    http: 200,
    status: 'stored',
  });
}

async function readLedger(api: string): Promise<void> {
  const from = new Date(Date.now() - 3_600_000).toISOString();
  await eventually(async () => {
    const response = await fetch(`${api}/admin/ledger?from=${from}&account=${account}`);
    const { totals } = ledgerSchema.parse(await response.json());
    expect(totals).toMatchObject({
      ...{ accepted: 123, stored: 122, duplicates: 1 },
      ...{ dead: 0, pending: 0, missing: 0, excess: 0 },
    });
  });
}

async function manageKeys(env: Record<string, string>): Promise<void> {
  const created = await runEp(['keys', 'create', '--account', account, '--scopes', 'read'], env);
  expect(created.code).toBe(0);
  const listed = await runEp(['keys', 'list'], env);
  expect(listed).toMatchObject({ code: 0, stdout: expect.stringMatching(/acme.*20\d\d-/) });
}

async function eraseAll(api: string, env: Record<string, string>): Promise<void> {
  const erased = await runEp(['erase', '--account', account, '--yes'], env);
  expect(erased).toMatchObject({ code: 0, stdout: expect.stringMatching(/events \| 122 /) });
  expect(await read(`${api}/accounts/${account}/events/e-1`)).toMatchObject({ http: 404 });
}
