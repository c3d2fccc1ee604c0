import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { createApiKey } from '@event-platform/core/storage/accounts/api-keys';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { startTestApi, type TestApi } from '../testing/start-test-api.ts';

let api: TestApi;
const keys: Record<string, string> = {};
const sockets: Socket[] = [];

beforeAll(async () => {
  api = await startTestApi({
    AUTH: 'keys',
    BODY_BYTES: '100000',
    INFLATED_BYTES: '200000',
    BODY_BYTES_IN_FLIGHT: '600000',
    BODY_TIMEOUT_MS: '1500',
    REQUEST_TIMEOUT_MS: '3000',
  });
  const directory = new pg.Pool({ connectionString: api.databaseUrl });
  for (const name of ['a', 'b']) {
    keys[name] = (await createApiKey(directory, { accountId: name, name, scopes: ['ingest'] })).key;
  }
  await directory.end();
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(() => api.stop());

const event = '{"user_id":"u","type":"t"}';
const large = `[${event}${' '.repeat(89_000)}]`;

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${api.url}/metrics`)).text();
  return Number(new RegExp(`^${name}(?:\\{.*\\})? (\\d+)$`, 'm').exec(text)?.[1]);
}
const inFlight = () => metric('body_bytes_in_flight');

function headOf(account: string, length: number, more: readonly string[] = []): string {
  const authorization = `Authorization: Bearer ${keys[account]}`;
  const type = 'Content-Type: application/json';
  const lines = ['Host: x', authorization, type, `Content-Length: ${length}`, ...more];
  return `POST /events HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

/** Begins to send a body, and stalls. */
function stall(account: string, bytes: number): void {
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
  sockets.push(socket.on('error', () => undefined));
  socket.write(`${headOf(account, 99_000)}${' '.repeat(bytes)}`);
}

async function post(account: string, body: string | Uint8Array<ArrayBuffer>, more = {}) {
  const headers = {
    authorization: `Bearer ${keys[account]}`,
    'content-type': 'application/json',
    ...more,
  };
  const response = await fetch(`${api.url}/events`, { method: 'POST', headers, body });
  const { code } = (await response.json()) as { code?: string };
  return { status: response.status, code, retryAfter: response.headers.get('retry-after') };
}

const full = { status: 503, code: 'bodies_in_flight', retryAfter: '2' };
const gzip = { 'content-encoding': 'gzip' };

describe('the bytes of bodies that a process works on are bounded', () => {
  test('a sender gets at most half of them, others are served, and all comes back', async () => {
    for (let at = 0; at < 3; at++) stall('a', 80_000);
    await eventually(async () => (await inFlight()) >= 240_000);
    const refused = await metric('body_refusals_total');
    expect(await post('a', large)).toEqual(full);
    expect(await metric('body_refusals_total')).toBeGreaterThan(refused);
    expect(await post('b', large)).toMatchObject({ status: 202 });
    expect(await post('a', event)).toMatchObject({ status: 202 });
    // The stalled ones are given up when their time is over.
    await eventually(async () => (await inFlight()) === 0);
    expect(await post('a', large)).toMatchObject({ status: 202 });
  });

  test('what a body inflates to counts', async () => {
    for (let at = 0; at < 2; at++) stall('a', 80_000);
    await eventually(async () => (await inFlight()) >= 160_000);
    const body = Uint8Array.from(gzipSync(`[${event}${' '.repeat(190_000)}]`));
    expect(await post('a', body, gzip)).toEqual(full);
    expect(await post('b', body, gzip)).toMatchObject({ status: 202 });
  });
});

describe('nothing of a body is held after its request is over', () => {
  /** Ways in which a request ends. */
  const statuses = {
    taken: () => post('a', large),
    small: () => post('b', event),
    zipped: () => post('b', Uint8Array.from(gzipSync(large)), gzip),
    waited: () => post('b', event, { prefer: 'wait=1' }),
    broken: () => post('a', `${large},`),
    damaged: () => post('a', 'no gzip', gzip),
    bomb: () => post('a', Uint8Array.from(gzipSync(' '.repeat(900_000))), gzip),
    tooLarge: () => post('b', ' '.repeat(100_001)),
    typeless: () => post('b', large, { 'content-type': 'text/csv' }),
    keyless: () => post('nobody', large),
    stalled: async () => {
      stall('b', 50_000);
      await Promise.resolve();
    },
    cut: async () => {
      stall('a', 50_000);
      const socket = sockets.at(-1);
      await new Promise((resolve) => setTimeout(resolve, 50));
      socket?.destroy();
    },
    hungUp: async () => {
      const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
      sockets.push(socket.on('error', () => undefined));
      socket.write(headOf('a', large.length) + large, () => socket.destroy());
      await new Promise((resolve) => socket.once('close', resolve));
    },
  };
  const names = Object.keys(statuses) as (keyof typeof statuses)[];

  test('however it ends, and whatever else is going on', async () => {
    const some = fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(some, async (picked) => {
        await Promise.all(picked.map((name) => statuses[name]()));
        await eventually(async () => (await inFlight()) === 0);
      }),
      { numRuns: 12, examples: [[names]] },
    );
  }, 60_000);
});
