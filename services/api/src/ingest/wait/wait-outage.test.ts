import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { queueKeys } from '@event-platform/core/platform/queue-names';
import { migrate } from '@event-platform/core/storage/migrate';
import { eventually } from '@event-platform/testkit/harness/eventually';
import {
  startOwnPostgres,
  startOwnRedis,
  type OwnServer,
} from '@event-platform/testkit/harness/own-servers';
import { eventRow, rowsJson, testShard } from '@event-platform/testkit/harness/sample-events';
import { storeEvents } from '@event-platform/core/storage/write/store-events';
import { deadLetterEvent } from '@event-platform/core/storage/dead-letters/dead-letters';
import { startTestApi, type TestApi } from '../../testing/start-test-api.ts';
import { postWaiting, waitsThatEnded } from './testing/wait-client.ts';

// No worker runs here: the test does its work, and no notification comes.
let postgres: OwnServer;
let redis: OwnServer;
let api: TestApi;
let prefix: string;
beforeAll(async () => {
  [postgres, redis] = await Promise.all([startOwnPostgres(), startOwnRedis()]);
  await migrate(postgres.url);
});
beforeEach(async () => {
  prefix = `{w-${randomBytes(4).toString('hex')}}`;
  api = await startTestApi({
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    REDIS_PREFIX: prefix,
    REDIS_TIMEOUT_MS: '500',
  });
  await eventually(async () => {
    const ready = (await (await fetch(`${api.url}/healthz/ready`)).json()) as { redis: string };
    expect(ready.redis).toBe('up');
  });
});
afterEach(() => api.stop());
afterAll(() => Promise.all([postgres.remove(), redis.remove()]));

let serial = 0;
const newEvent = () => ({ event_id: `o-${++serial}`, account_id: 'a', user_id: 'u', type: 't' });

/** Resolves once a job of a waiting request is in the queue; returns its text. */
async function queuedJob(): Promise<string> {
  const client = new Redis(redis.url);
  try {
    return await eventually(async () => {
      const [id] = await client.zrange(queueKeys(prefix, 'events').prioritized, 0, 0);
      return id !== undefined && (await client.hget(`${prefix}:events:${id}`, 'data'));
    }).then(String);
  } finally {
    client.disconnect();
  }
}

async function withShard(work: (shard: ReturnType<typeof testShard>) => Promise<unknown>) {
  const shard = testShard(postgres.url);
  await work(shard).finally(() => shard.pool.end());
}

test('a lost notification: the read at the end of the wait finds what is stored', async () => {
  const event = newEvent();
  const answer = postWaiting(api.url, event, { prefer: 'wait=2' });
  await queuedJob();
  await withShard(({ pool }) =>
    storeEvents(pool, rowsJson([eventRow({ account_id: 'a', event_id: event.event_id })])),
  );
  expect(await answer).toMatchObject({ applied: 'wait=2', results: [{ status: 'stored' }] });
});

test('a dead letter of an earlier try is not taken for the status of an event that still waits', async () => {
  const event = newEvent();
  const cause = { reason: 'data_error', sqlstate: '23514', message: 'no', attempts: 1 };
  await withShard(({ pool }) =>
    deadLetterEvent(pool, eventRow({ account_id: 'a', event_id: event.event_id }), cause),
  );
  const answer = await postWaiting(api.url, event, { prefer: 'wait=1' });
  expect(answer).toMatchObject({ applied: null, results: [{ status: 'accepted' }] });
});

test('a job carries nothing for waiters when no request waits', async () => {
  await postWaiting(api.url, newEvent());
  expect(await queuedJob()).not.toContain('waiters');
});

test('a shutdown ends every wait with what is known', async () => {
  const answer = postWaiting(api.url, newEvent(), { prefer: 'wait=stored' });
  await queuedJob();
  await api.stop();
  expect(await answer).toMatchObject({
    status: 202,
    applied: null,
    results: [{ status: 'accepted' }],
  });
});

test('Redis dies in the middle of a wait: the answer is `accepted`, and 202 all the same', async () => {
  const answer = postWaiting(api.url, newEvent(), { prefer: 'wait=2' });
  await queuedJob();
  await redis.kill('SIGKILL');
  expect(await answer).toMatchObject({ status: 202, results: [{ status: 'accepted' }] });
  await redis.start();
});

test('Redis is down: what is written directly is answered `stored`, without a wait', async () => {
  await redis.stop();
  const answer = await postWaiting(api.url, newEvent(), { prefer: 'wait=stored' });
  expect(answer).toMatchObject({ applied: 'wait=stored', results: [{ status: 'stored' }] });
  await redis.start();
});

test('PostgreSQL is down: the wait passes, and the answer is `accepted`', async () => {
  await postgres.stop();
  const answer = await postWaiting(api.url, newEvent(), { prefer: 'wait=1' });
  expect(answer).toMatchObject({ applied: null, results: [{ status: 'accepted' }] });
  expect(await waitsThatEnded(api.url, 'unknown')).toBe(1);
  await postgres.start();
});

test('after an outage of Redis notifications come again on the connection that was open before', async () => {
  const before = postWaiting(api.url, newEvent(), { prefer: 'wait=1' });
  await queuedJob();
  await before;
  await redis.stop();
  await redis.start();
  const client = new Redis(redis.url);
  try {
    await eventually(async () => {
      const channels = (await client.pubsub('CHANNELS', `${prefix}:stored:*`)) as string[];
      expect(channels).toHaveLength(1);
    });
  } finally {
    client.disconnect();
  }
});
