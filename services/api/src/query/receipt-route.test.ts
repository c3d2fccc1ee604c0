import { once } from 'node:events';
import { get as httpGet, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import supertest from 'supertest';
import { plainRow } from '@event-platform/core/event/columns';
import { receiptSchema } from '@event-platform/core/event/results';
import { deadLetterEvent } from '@event-platform/core/storage/dead-letters/dead-letters';
import { hashEventId } from '@event-platform/core/queue/event-id-hash';
import {
  createTestDatabase,
  type TestDatabase,
} from '@event-platform/testkit/harness/test-database';
import { eventually } from '@event-platform/testkit/harness/eventually';
import { testRedis } from '@event-platform/testkit/harness/test-redis';
import { createQueryApp, type QueryApp } from './testing/query-app.ts';
import { seedEvents } from './testing/seed-events.ts';

const rawGet = (port: number, path: string) => httpGet({ host: '127.0.0.1', port, path });
const at = '2026-11-23T12:00:00.000Z';
const redisCorner = testRedis();
let database: TestDatabase;
let query: QueryApp;
let own: QueryApp;

beforeAll(async () => {
  database = await createTestDatabase();
  const common = {
    databaseUrl: database.url,
    redisUrl: redisCorner.url,
    prefix: redisCorner.prefix,
  };
  query = createQueryApp(common);
  own = createQueryApp({ ...common, principal: { keyId: 'k', accountId: 'UA', scopes: ['read'] } });
  await eventually(() => query.redis.status === 'ready' && own.redis.status === 'ready');
});

afterAll(async () => {
  await query.close();
  await own.close();
  await database.drop();
  await redisCorner.cleanup();
});

const jobOf = (id: string) => ({
  accounts: [['UA', 1]] as [string, number][],
  ids: hashEventId(id),
});

async function queueEvent(id: string): Promise<void> {
  await query.addPendingIds(jobOf(id));
}

/** What the worker does with an event, in its order. */
async function work(id: string): Promise<void> {
  await seedEvents(query.pool, [{ account: 'UA', id, atMs: Date.parse(at) }]);
  await query.pendingIds.ack([jobOf(id)]);
}

const get = (id: string, account = 'UA', from = query) =>
  supertest(from.app).get(`/accounts/${account}/events/${encodeURIComponent(id)}`);

async function bodyOf(id: string, status: number, account?: string, from?: QueryApp) {
  const response = await get(id, account, from).expect(status);
  return response.body as Record<string, unknown>;
}

describe('the receipt of an event', () => {
  test('says queued, then stored with its times', async () => {
    await queueEvent('e1');
    const queued = await bodyOf('e1', 200);
    expect(queued).toEqual({ account_id: 'UA', event_id: 'e1', status: 'queued' });
    await work('e1');
    const stored = await bodyOf('e1', 200);
    const receipt = receiptSchema.strict().parse(stored);
    expect(receipt).toMatchObject({ status: 'stored', received_at: at });
    expect(receipt.stored_at).toBeDefined();
  });

  test('says dead, with the reason', async () => {
    const row = { ...plainRow('text', at), account_id: 'UA', event_id: 'e2' };
    const cause = { reason: 'data_error', sqlstate: '22P05', message: 'no', attempts: 1 };
    await deadLetterEvent(query.pool, row, cause);
    const body = await bodyOf('e2', 200);
    const receipt = receiptSchema.strict().parse(body);
    expect(receipt).toMatchObject({ status: 'dead', reason: 'data_error', received_at: at });
    expect(receipt.dead_lettered_at).toBeDefined();
  });

  test('reads ids percent-decoded', async () => {
    await seedEvents(query.pool, [{ account: 'UA', id: 'a/b?c ü', atMs: Date.parse(at) }]);
    const body = await bodyOf('a/b?c ü', 200);
    expect(body).toMatchObject({ event_id: 'a/b?c ü', status: 'stored' });
  });
});

describe('what is refused', () => {
  test('an event that was never sent is not found', async () => {
    const body = await bodyOf('nobody-sent-this', 404);
    expect(body).toMatchObject({ code: 'not_found' });
  });

  test('the event of another account is not found, as if it did not exist', async () => {
    await seedEvents(query.pool, [{ account: 'SWA', id: 'theirs', atMs: Date.parse(at) }]);
    await bodyOf('theirs', 200, 'SWA');
    const foreign = await bodyOf('theirs', 404, 'SWA', own);
    const absent = await bodyOf('none', 404, 'SWA', own);
    expect({ ...foreign, request_id: '' }).toEqual({ ...absent, request_id: '' });
  });

  test.each(['/accounts/%2E/events/e1', '/accounts/UA/events/%2e%2E', '/accounts/UA/events/..'])(
    'an id of dots, though a client sends it: %s',
    async (path) => {
      const server = query.app.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      // Not fetch or supertest, which resolve the dots.
      const [response] = (await once(rawGet(port, path), 'response')) as [IncomingMessage];
      const body = JSON.parse(await text(response)) as unknown;
      server.close();
      expect(response.statusCode).toBe(400);
      expect(body).toMatchObject({ code: 'parameter_invalid' });
    },
  );

  test('a parameter, since there is none', async () => {
    const response = await supertest(query.app).get('/accounts/UA/events/e1?wait=5').expect(400);
    expect(response.body).toMatchObject({ code: 'parameter_invalid', parameter: 'wait' });
  });

  test.each(['x'.repeat(256), 'a\0b'])('the id %j is not acceptable', async (id) => {
    const body = await bodyOf(id, 400);
    expect(body).toMatchObject({ code: 'parameter_invalid', parameter: 'event_id' });
  });
});
